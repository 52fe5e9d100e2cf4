//! The names by which rule files speak of what is done in code. Shared with the build script.

macro_rules! named {
    ($(#[$meta:meta])* $type:ident { $($(#[$vmeta:meta])* $variant:ident = $name:literal,)+ }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub(crate) enum $type { $($(#[$vmeta])* $variant,)+ }

        impl $type {
            /// The one of that name.
            pub(crate) fn from_name(name: &str) -> Option<Self> {
                match name { $($name => Some(Self::$variant),)+ _ => None }
            }
        }
    };
}

named! {
    /// Signals that are found by code.
    CodeSignal {
        Price = "price",
        Discount = "discount",
        Percent = "percent",
        Number = "number",
        Period = "period",
        WeightAmount = "weight-amount",
        Date = "date",
        Weekday = "weekday",
        Time = "time",
        Age = "age",
        Link = "link",
        Mention = "mention",
        Hashtag = "hashtag",
        Emoji = "emoji",
        Person = "person",
        Staff = "staff",
        Practice = "practice",
        Town = "town",
        Doctor = "doctor",
        DentistDr = "dentist-dr",
        SpecialistClinician = "specialist-clinician",
        Quote = "quote",
        OnePatient = "one-patient",
        FirstPerson = "first-person",
        SecondPerson = "second-person",
        Stars = "stars",
        Image = "image",
    }
}

named! {
    /// Detectors: code that finds identifying details.
    Detector {
        NhsNumber = "nhs_number",
        Chi = "chi",
        Hcn = "hcn",
        Nino = "nino",
        Phone = "phone",
        Email = "email",
        Postcode = "postcode",
        Address = "address",
        Dob = "dob",
        Person = "person",
        Handle = "handle",
        Mrn = "mrn",
        Bank = "bank",
        Plate = "plate",
        Jigsaw = "jigsaw",
    }
}

named! {
    /// What the engine knows of a place in a text.
    Cue {
        Negated = "negated",
        Hedged = "hedged",
        Question = "question",
        Quoted = "quoted",
        Hashtag = "hashtag",
        Shouted = "shouted",
        FirstSentence = "first_sentence",
        Ours = "ours",
        ToOne = "to_one",
        ToAll = "to_all",
        OnePatient = "one_patient",
    }
}

/// A pattern with its word edges, figures and letters taken as ASCII. The normalised text is ASCII but for alphabets that
/// the rules do not speak of, and with Unicode's edges the fast automaton gives up at the first pound sign.
pub(crate) fn ascii(pattern: &str) -> String {
    let mut out = String::with_capacity(pattern.len() + 32);
    let mut chars = pattern.chars();
    while let Some(c) = chars.next() {
        if c != '\\' {
            out.push(c);
            continue;
        }
        match chars.next() {
            Some('b') => out.push_str(r"(?-u:\b)"),
            Some('d') => out.push_str("[0-9]"),
            Some('w') => out.push_str("[0-9a-z_]"),
            Some('s') => out.push(' '),
            Some(other) => {
                out.push('\\');
                out.push(other);
            }
            None => out.push('\\'),
        }
    }
    out
}
