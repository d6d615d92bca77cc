//! The nouns: pure values. No file, socket, clock, environment or terminal.
