//! Endings under which everybody can have a domain.
//!
//! What is covered, written down by hand: the top-level domains of all countries;
//! the generic ones that are in common use; the second levels (`co`, `com`, `org`, …)
//! of the countries that hand out names there, and further ones of the larger
//! registries; of the names of hosters, below which their customers have theirs,
//! the large ones. Towns, prefectures, and generic top-level domains of single brands
//! are not.

use std::collections::HashSet;
use std::sync::LazyLock;

/// Top-level domains of countries (ISO 3166 codes in the root zone, and `uk`, `eu`,
/// `su`, `ac`).
const COUNTRIES: &str = "
    ac ad ae af ag ai al am ao aq ar as at au aw ax az ba bb bd be bf bg bh bi bj bm bn bo br bs
    bt bv bw by bz ca cc cd cf cg ch ci ck cl cm cn co cr cu cv cw cx cy cz de dj dk dm do dz ec
    ee eg er es et eu fi fj fk fm fo fr ga gb gd ge gf gg gh gi gl gm gn gp gq gr gs gt gu gw gy
    hk hm hn hr ht hu id ie il im in io iq ir is it je jm jo jp ke kg kh ki km kn kp kr kw ky kz
    la lb lc li lk lr ls lt lu lv ly ma mc md me mg mh mk ml mm mn mo mp mq mr ms mt mu mv mw mx
    my mz na nc ne nf ng ni nl no np nr nu nz om pa pe pf pg ph pk pl pm pn pr ps pt pw py qa re
    ro rs ru rw sa sb sc sd se sg sh si sj sk sl sm sn so sr ss st su sv sx sy sz tc td tf tg th
    tj tk tl tm tn to tr tt tv tw tz ua ug uk us uy uz va vc ve vg vi vn vu wf ws ye yt za zm zw";

/// Generic top-level domains in common use.
const GENERIC: &str = "
    com org net edu gov mil int arpa info biz name pro aero asia cat coop jobs mobi museum post
    tel travel xxx academy accountants agency app art associates attorney auction audio
    band bar bargains beauty beer best bet bid bike bingo blog blue boutique build builders
    business buzz cab cafe camera camp capital cards care careers cash casino center chat cheap
    church city claims cleaning click clinic clothing cloud club codes coffee college community
    company computer condos construction consulting contractors cool country coupons courses
    credit cricket cruises dance date dating day deals degree delivery democrat dental design dev
    diamonds digital direct directory discount dog domains download earth education email energy
    engineer engineering enterprises equipment estate events exchange expert exposed express fail
    faith family fans farm fashion finance financial fish fit fitness flights florist football
    forex forsale foundation fun fund furniture futbol fyi gallery game games garden gay gifts
    gives glass global gmbh gold golf graphics gratis green gripe group guide guitars guru hair
    haus health healthcare help hiphop holdings holiday homes horse hospital host hosting house
    how icu immo immobilien inc industries ink institute insure international investments ist
    jetzt jewelry kaufen kim kitchen land lat law lawyer lease legal lgbt life lighting limited
    limo link live llc loan loans lol love ltd luxury maison makeup management map market
    marketing media men menu mobi mom money monster mortgage mov movie network news ninja observer
    one onl online ooo page partners parts party pet phd photo photography photos pics pictures
    pink pizza plumbing plus poker porn press productions promo properties property pub qpon
    quest racing radio realty recipes red rehab reise reisen rent rentals repair report rest
    restaurant review reviews rip rocks rodeo rsvp run sale salon sarl sbs school schule science
    security services sexy shiksha shoes shop shopping show singles site ski soccer social
    software solar solutions space sport spot srl store stream studio study style sucks supplies
    supply support surf surgery systems tax taxi team tech technology tennis theater tickets tips
    tires today tokyo tools top tours town toys trade trading training tube university uno
    vacations ventures vet viajes video villas vin vip vision vodka vote voto voyage wang watch
    website wedding wiki win wine work works world wtf xin xyz yachts yoga zip zone berlin london
    paris nyc moscow amsterdam wien hamburg koeln cologne vegas miami boston sydney melbourne
    africa eus gal bzh swiss scot wales cymru
    xn--p1ai xn--fiqs8s xn--fiqz9s xn--j6w193g xn--kprw13d xn--kpry57d xn--90ais xn--j1amh
    xn--90a3ac xn--e1a4c xn--qxam xn--mgbaam7a8h xn--mgberp4a5d4ar xn--wgbh1c xn--3e0b707e
    xn--h2brj9c xn--o3cw4h xn--p1acf xn--80asehdb xn--80aswg xn--55qx5d xn--io0a7i xn--3ds443g
    xn--6frz82g xn--ses554g xn--kput3i";

/// Second levels that most countries have when they have any.
const SECOND_LEVELS: [&str; 14] = [
    "ac", "co", "com", "edu", "gob", "gouv", "gov", "go", "govt", "mil", "ne", "net", "or", "org",
];

/// Countries that hand out names below the top level only.
const FLAT: &str = "be ca cc cd ch cz de dk ee eu fi fm gl is li lt lu nl nu sk su tk tv us va ws";

/// Further second levels.
const FURTHER: &str = "
    asn.au id.au ltd.uk me.uk nhs.uk plc.uk police.uk sch.uk geek.nz gen.nz iwi.nz kiwi.nz
    maori.nz school.nz law.za nom.za school.za web.za ad.jp ed.jp gr.jp lg.jp pe.kr re.kr firm.in
    gen.in ind.in nic.in res.in biz.id desa.id my.id sch.id web.id adv.br app.br art.br blog.br
    dev.br eco.br eng.br esp.br etc.br ind.br inf.br jus.br leg.br med.br mp.br nom.br tur.br
    tv.br biz.pl info.pl waw.pl in.ua kharkov.ua kiev.ua kyiv.ua lviv.ua od.ua pp.ua msk.ru pp.ru
    spb.ru av.tr bel.tr biz.tr gen.tr info.tr k12.tr name.tr pol.tr tel.tr web.tr k12.il muni.il
    in.th mi.th club.tw ebiz.tw game.tw idv.tw idv.hk per.sg name.my asso.fr nom.fr prd.fr tm.fr
    gv.at nom.es int.ar tur.ar fed.us nsn.us isa.us dni.us gc.ca qc.ca on.ca bc.ca ab.ca
    in-addr.arpa ip6.arpa com.de eu.com uk.com us.com de.com gb.net uk.net se.net";

/// Hosters whose customers have names below theirs.
const HOSTERS: &str = "
    amazonaws.com appspot.com azureedge.net azurewebsites.net blob.core.windows.net blogspot.com
    cloudapp.net cloudfront.net ddns.net duckdns.org dyndns.org elasticbeanstalk.com
    firebaseapp.com fly.dev github.io gitlab.io herokuapp.com hopto.org myshopify.com netlify.app
    ngrok.io ngrok-free.app no-ip.org ondigitalocean.app onrender.com pages.dev r2.dev
    railway.app readthedocs.io repl.co s3.amazonaws.com serveo.net squarespace.com surge.sh
    sytes.net trafficmanager.net trycloudflare.com vercel.app web.app weebly.com
    windows.net wixsite.com wordpress.com workers.dev zapto.org";

/// Whose names an ending takes in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Breadth {
    /// Those of everybody, under a public suffix.
    Public,
    /// Those of all customers of a hoster.
    Hosted,
    /// Those of whatever ends in this one label: a top-level domain that is not
    /// known here, an internal one, or no domain at all (`*.exe`).
    Label,
}

/// The lists, ready to be looked into.
struct Lists {
    countries: HashSet<&'static str>,
    flat: HashSet<&'static str>,
    public: HashSet<&'static str>,
    hosters: HashSet<&'static str>,
}

static LISTS: LazyLock<Lists> = LazyLock::new(|| {
    let set = |text: &'static str| text.split_whitespace();
    Lists {
        countries: set(COUNTRIES).collect(),
        flat: set(FLAT).collect(),
        public: set(COUNTRIES)
            .chain(set(GENERIC))
            .chain(set(FURTHER))
            .collect(),
        hosters: set(HOSTERS).collect(),
    }
});

/// Whose names end with `ending`, where they are more than one owner's.
pub(super) fn breadth(ending: &str) -> Option<Breadth> {
    let ending = ending.to_lowercase();
    let ending = ending.trim_end_matches('.');
    let has_dot = ending.starts_with('.');
    let name = ending.strip_prefix('.').unwrap_or(ending);
    if LISTS.public.contains(name) || is_second_level(name) {
        Some(Breadth::Public)
    } else if LISTS.hosters.contains(name) {
        Some(Breadth::Hosted)
    } else {
        (has_dot && !name.is_empty() && !name.contains('.')).then_some(Breadth::Label)
    }
}

fn is_second_level(name: &str) -> bool {
    name.split_once('.').is_some_and(|(second, country)| {
        SECOND_LEVELS.contains(&second)
            && LISTS.countries.contains(country)
            && !LISTS.flat.contains(country)
    })
}

#[cfg(test)]
mod tests {
    use super::{Breadth, COUNTRIES, FLAT, breadth};

    #[test]
    fn endings_of_more_than_one_owner_are_found() {
        for (ending, expected) in [
            (".com", Some(Breadth::Public)),
            ("com", Some(Breadth::Public)),
            (".co.uk", Some(Breadth::Public)),
            (".com.au", Some(Breadth::Public)),
            (".gob.mx", Some(Breadth::Public)),
            (".UK.", Some(Breadth::Public)),
            (".xn--p1ai", Some(Breadth::Public)),
            (".ltd.uk", Some(Breadth::Public)),
            (".github.io", Some(Breadth::Hosted)),
            (".exe", Some(Breadth::Label)),
            (".corp", Some(Breadth::Label)),
            ("om", Some(Breadth::Public)),
            ("xe", None),
            (".example.com", None),
            (".partner.example", None),
            (".web.de", None),
            (".id.me", None),
            (".go.de", None),
            ("corp.com", None),
            ("", None),
            (".", None),
        ] {
            assert_eq!(breadth(ending), expected, "{ending}");
        }
    }

    #[test]
    fn countries_have_two_letters() {
        let countries: Vec<&str> = COUNTRIES.split_whitespace().collect();
        assert!(countries.iter().all(|code| code.len() == 2));
        assert!(countries.is_sorted());
        assert!(
            FLAT.split_whitespace()
                .all(|code| countries.contains(&code))
        );
    }
}
