//! Top-level domains by which a link is known: all countries' (ISO 3166, with `uk`, `eu`, `su` and the like) and the common
//! generic ones. Own list of November 2026; a link under a rare new domain counts by its characters.

/// Is `name` (small letters) a top-level domain?
pub(super) fn is_tld(name: &str) -> bool {
    if name.len() == 2 && name.is_ascii() {
        return COUNTRIES.as_bytes().chunks(2).any(|c| c == name.as_bytes());
    }
    GENERIC.contains(&name) || OTHER_ALPHABETS.contains(&name)
}

/// Two letters each, run together.
const COUNTRIES: &str = "acadaeafagaialamaoaqarasatauawaxazbabbbdbebfbgbhbibjbmbnbobqbrbsbtbvbwbybzcacccdcfcgchcickclcmcncocrcucvcwcxcyczdedjdkdmdodzeceeegeheresetevfifjfkfmfofrgagbgdgegfggghgiglgmgngpgqgrgsgtgugwgyhkhmhnhrhthuidieiliminioiqirisitjejmjojpkekgkhkikmknkpkrkwkykzlalblclilklrlsltlulvlymamcmdmemgmhmkmlmmmnmompmqmrmsmtmumvmwmxmymznancnenfngninlnonpnrnunzompapepfpgphpkplpmpnprpsptpwpyqarerorsrurwsasbscsdsesgshsisjskslsmsnsosrssstsusvsxsysztctdtftgthtjtktltmtntotrtttvtwtzuaugukusuyuzvavcvevgvivnvuwfwsyeytzazmzwss";

const GENERIC: &[&str] = &[
    "com", "org", "net", "edu", "gov", "mil", "int", "info", "biz", "name", "pro", "aero", "coop", "museum", "jobs", "mobi", "travel", "tel", "asia", "cat", "post", "arpa", "xxx",
    "academy", "accountants", "actor", "agency", "app", "apartments", "archi", "art", "associates", "auction", "audio", "auto", "band", "bank", "bar", "bargains", "beauty", "beer", "best",
    "bet", "bid", "bike", "bingo", "bio", "black", "blog", "blue", "boutique", "broker", "build", "builders", "business", "buzz", "cab", "cafe", "camera", "camp", "capital", "cards", "care",
    "career", "careers", "casa", "cash", "catering", "center", "ceo", "charity", "chat", "cheap", "church", "city", "claims", "cleaning", "click", "clinic", "clothing", "cloud", "club", "coach",
    "codes", "coffee", "college", "community", "company", "computer", "construction", "consulting", "contact", "contractors", "cooking", "cool", "country", "coupons", "courses", "credit", "cymru",
    "dance", "date", "dating", "deals", "degree", "delivery", "democrat", "dental", "dentist", "design", "dev", "diet", "digital", "direct", "directory", "discount", "doctor", "dog", "domains",
    "download", "earth", "education", "email", "energy", "engineer", "engineering", "enterprises", "equipment", "estate", "events", "exchange", "expert", "express", "family", "fans", "farm",
    "fashion", "fetish", "film", "finance", "financial", "fish", "fit", "fitness", "flights", "florist", "flowers", "foo", "food", "football", "forsale", "foundation", "fun", "fund", "furniture",
    "fyi", "gallery", "game", "games", "garden", "gay", "gift", "gifts", "gives", "giving", "glass", "global", "gold", "golf", "graphics", "gratis", "green", "group", "guide", "guitars", "guru",
    "hair", "haus", "health", "healthcare", "help", "hiv", "hockey", "holdings", "holiday", "homes", "horse", "hospital", "host", "hosting", "house", "how", "icu", "immo", "industries", "ink",
    "institute", "insurance", "insure", "international", "investments", "jewelry", "kids", "kitchen", "kiwi", "land", "law", "lawyer", "lease", "legal", "lgbt", "life", "lighting", "limited",
    "limo", "link", "live", "llc", "loan", "loans", "london", "love", "ltd", "luxury", "maison", "makeup", "management", "market", "marketing", "mba", "media", "medical", "memorial", "men",
    "menu", "mobile", "moda", "moe", "mom", "money", "mortgage", "movie", "music", "navy", "network", "new", "news", "ngo", "ninja", "nyc", "observer", "one", "ong", "online", "organic", "page",
    "partners", "parts", "party", "pet", "pharmacy", "photo", "photography", "photos", "physio", "pics", "pictures", "pink", "pizza", "place", "plumbing", "plus", "poker", "press", "productions",
    "promo", "properties", "property", "pub", "pw", "qpon", "quest", "radio", "recipes", "red", "rehab", "reise", "rent", "rentals", "repair", "report", "rest", "restaurant", "review", "reviews",
    "rip", "rocks", "run", "sale", "salon", "sarl", "school", "schule", "science", "scot", "security", "services", "sexy", "shoes", "shop", "shopping", "show", "singles", "site", "ski", "skin",
    "soccer", "social", "software", "solar", "solutions", "space", "sport", "store", "stream", "studio", "study", "style", "supplies", "supply", "support", "surf", "surgery", "swiss", "systems",
    "tattoo", "tax", "taxi", "team", "tech", "technology", "tennis", "theater", "theatre", "tickets", "tienda", "tips", "tires", "today", "tools", "top", "tours", "town", "toys", "trade",
    "training", "tube", "university", "uno", "vacations", "ventures", "vet", "viajes", "video", "villas", "vin", "vip", "vision", "vote", "voyage", "wales", "watch", "web", "webcam", "website",
    "wedding", "wiki", "win", "wine", "work", "works", "world", "wtf", "xyz", "yoga", "zone", "berlin", "paris", "wien", "tokyo", "amsterdam", "brussels", "google", "youtube", "bbc", "nhs",
];

const OTHER_ALPHABETS: &[&str] = &[
    "みんな", "中国", "中國", "香港", "台湾", "台灣", "公司", "网络", "网址", "在线", "商城", "한국", "рф", "рус", "онлайн", "сайт", "укр", "бел", "бг", "срб", "мкд", "қаз", "الاردن", "الجزائر",
    "السعودية", "المغرب", "امارات", "ایران", "بھارت", "پاکستان", "تونس", "سورية", "عراق", "عمان", "فلسطين", "قطر", "مصر", "مليسيا", "موقع", "شبكة", "भारत", "भारोत", "বাংলা", "ভারত", "ਭਾਰਤ", "ભારત",
    "இந்தியா", "இலங்கை", "சிங்கப்பூர்", "భారత్", "ලංකා", "ไทย", "გე", "հայ", "ελ", "קום",
];
