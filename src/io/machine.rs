//! What this machine is called.

use std::path::Path;

use crate::io::files;

/// Where Linux and some other systems tell it.
const PLACES: [&str; 2] = ["/proc/sys/kernel/hostname", "/etc/hostname"];

/// More than any name of a machine has (POSIX, `HOST_NAME_MAX`).
const MAX_NAME: u64 = 1024;

/// The name that the system gives this machine; `None` where no file tells it.
#[must_use]
pub fn name() -> Option<String> {
    let mut told = PLACES
        .iter()
        .filter_map(|place| files::read_text(Path::new(place), MAX_NAME).ok())
        .map(|text| text.trim().to_owned());
    told.find(|name| !name.is_empty())
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::name;

    #[test]
    fn the_system_knows_its_name() {
        assert!(name().is_some_and(|name| !name.contains('\n')));
    }
}
