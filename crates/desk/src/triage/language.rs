//! The language a text is in, when that is sure.
//! Most texts say it by their small words alone; only what they leave open is given to the detector, which compares a text
//! with every language it knows.

use std::collections::HashMap;
use std::sync::LazyLock;

/// How sure the detector must be, 0 to 1.
const SURE: f64 = 0.9;
/// Characters of a text that are looked at.
const SAMPLE: usize = 1_000;
/// Small words of one language from which it is plain.
const ENOUGH: usize = 3;
/// A small word is at least one of so many.
const ONE_OF: usize = 8;
/// Small words of another language that make it doubtful: one to so many.
const DOUBT: usize = 4;

/// Words that no other widespread language written in Latin letters shares, its neighbours least of all.
const SMALL_WORDS: [(&str, &str); 7] = [
    (
        "en",
        "the and this that with have what when which you your our would could should from not but they there been how can \
         after since any because does where who their were",
    ),
    (
        "de",
        "und ich nicht das ist ein eine einen einem mit auf für wir sie aber wenn kann haben wurde wird noch auch bitte seit \
         nach bei uns unsere mein meine keine dass zum zur wie",
    ),
    (
        "fr",
        "est pas je nous vous avec pour dans une mais sur cette votre notre depuis être quand comment peux suis aux ils elle \
         mes ont sont",
    ),
    (
        "es",
        "los las pero muy cuando puedo tengo hola gracias cómo hemos nuestro nuestra usted del sin hay esto ella donde \
         también hacer estoy desde",
    ),
    (
        "it",
        "che sono della delle degli questo questa anche perché abbiamo mio nel nella alla dopo ciao grazie più vorrei gli \
         è ho",
    ),
    (
        "pt",
        "não uma com meu minha você obrigado obrigada nossa nosso também isso estou tenho ao pelo pela já então fazer \
         depois são",
    ),
    ("nl", "een niet ik zijn wij deze wordt hebben heb mijn onze geen voor naar bij dat jullie"),
];

static LANGUAGE_OF: LazyLock<HashMap<&str, usize>> = LazyLock::new(|| {
    let of = |(at, (_, words)): (usize, &(_, &'static str))| words.split(' ').map(move |word| (word, at));
    SMALL_WORDS.iter().enumerate().flat_map(of).collect()
});

/// The language of a text as `de`, when it is sure.
pub(crate) fn of(text: &str) -> Option<String> {
    let end = text.char_indices().nth(SAMPLE).map_or(text.len(), |(at, _)| at);
    let sample = text.get(..end)?;
    plain(sample).or_else(|| detected(sample)).map(str::to_owned)
}

/// The language that the small words of a text leave no doubt of.
fn plain(text: &str) -> Option<&'static str> {
    let (mut found, mut words) = ([0_usize; SMALL_WORDS.len()], 0);
    for word in text.split(|letter: char| !letter.is_alphabetic()).filter(|word| !word.is_empty()) {
        words += 1;
        let at = match word.chars().any(char::is_uppercase) {
            true => LANGUAGE_OF.get(word.to_lowercase().as_str()),
            false => LANGUAGE_OF.get(word),
        };
        if let Some(count) = at.and_then(|at| found.get_mut(*at)) {
            *count += 1;
        }
    }
    let (best, most) = found.iter().copied().enumerate().max_by_key(|(_, count)| *count)?;
    let others: usize = found.iter().sum::<usize>() - most;
    let is_plain = most >= ENOUGH && most * ONE_OF >= words && others * DOUBT <= most;
    SMALL_WORDS.get(best).filter(|_| is_plain).map(|(language, _)| *language)
}

fn detected(text: &str) -> Option<&'static str> {
    let found = whatlang::detect(text).filter(|found| found.is_reliable() && found.confidence() >= SURE)?;
    two_letters(found.lang())
}

fn two_letters(lang: whatlang::Lang) -> Option<&'static str> {
    use whatlang::Lang::{
        Ara, Cat, Ces, Cmn, Dan, Deu, Ell, Eng, Fin, Fra, Heb, Hin, Hun, Ita, Jpn, Kor, Nld, Nob, Pol, Por, Ron, Rus,
        Slk, Spa, Swe, Tha, Tur, Ukr, Vie,
    };
    let word = match lang {
        Eng => "en",
        Deu => "de",
        Fra => "fr",
        Spa => "es",
        Ita => "it",
        Por => "pt",
        Nld => "nl",
        Pol => "pl",
        Ces => "cs",
        Slk => "sk",
        Dan => "da",
        Swe => "sv",
        Nob => "nb",
        Fin => "fi",
        Tur => "tr",
        Rus => "ru",
        Ukr => "uk",
        Jpn => "ja",
        Cmn => "zh",
        Kor => "ko",
        Ara => "ar",
        Heb => "he",
        Hin => "hi",
        Hun => "hu",
        Ron => "ro",
        Ell => "el",
        Tha => "th",
        Vie => "vi",
        Cat => "ca",
        _ => return None,
    };
    Some(word)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A support question in each language that small words know.
    const PLAIN: [(&str, &str); 7] = [
        ("en", "The export stops and I have no idea why. Could you look into this?"),
        ("de", "Der Export bricht ab und ich weiß nicht, warum. Können Sie bitte nachsehen, was das ist?"),
        ("fr", "L'export s'arrête et je ne sais pas pourquoi. Pouvez-vous regarder avec nous cette erreur ?"),
        ("es", "La exportación se detiene y no sé por qué. Hola, los datos están pero no puedo abrirlos, gracias."),
        ("it", "L'esportazione si ferma e non so perché. Vorrei che questo funzioni, abbiamo anche altri file."),
        ("pt", "A exportação para e não sei porquê. Você pode ver isso com uma conta minha? Obrigado."),
        ("nl", "De export stopt en ik weet niet waarom. Kunt u naar deze fout kijken? Wij hebben een deadline."),
    ];

    /// The same in languages close to those: none of them is taken for its neighbour.
    const NEIGHBOURS: [&str; 12] = [
        "Die uitvoer stop en ek weet nie hoekom nie. Kan julle asseblief na die fout kyk? Ons het nog nie alles nie.",
        "Eksporten stopper, og jeg ved ikke hvorfor. Kan I se på det for mig? Det har virket indtil i går.",
        "Eksporten stopper, og jeg vet ikke hvorfor. Kan dere se på det for meg? Det virket frem til i går.",
        "Exporten stannar och jag vet inte varför. Kan ni titta på det åt mig? Det fungerade tills i går.",
        "L'exportació s'atura i no sé per què. Podeu mirar aquest error amb nosaltres? Gràcies per l'ajuda.",
        "A exportación detense e non sei por que. Podedes mirar este erro? Funcionaba ata onte, grazas.",
        "Exportul se oprește și nu știu de ce. Puteți verifica această eroare? A funcționat până ieri.",
        "Eksport zatrzymuje się i nie wiem dlaczego. Czy możecie to sprawdzić? Do wczoraj działało.",
        "Export se zastaví a nevím proč. Můžete se na to podívat? Do včerejška to fungovalo.",
        "Vienti pysähtyy enkä tiedä miksi. Voisitteko katsoa tätä? Se toimi vielä eilen ihan hyvin.",
        "Az exportálás leáll, és nem tudom, miért. Meg tudnák nézni? Tegnapig minden rendben volt.",
        "Ekspor berhenti dan saya tidak tahu mengapa. Bisakah Anda memeriksanya? Kemarin masih berfungsi.",
    ];

    #[test]
    fn small_words_say_the_language_and_agree_with_the_detector() {
        for (language, text) in PLAIN {
            assert_eq!(plain(text), Some(language), "{text}");
            let found = whatlang::detect(text).and_then(|found| two_letters(found.lang()));
            assert_eq!(found, Some(language), "{text}");
        }
    }

    #[test]
    fn a_neighbour_is_left_to_the_detector() {
        for text in NEIGHBOURS {
            assert_eq!(plain(text), None, "{text}");
        }
    }

    #[test]
    fn codes_names_and_a_mixed_text_are_not_plain() {
        for text in ["", "E_CONN_4012", "Anna Berger, Graz", "the and das und", "Hola the los and las this"] {
            assert_eq!(plain(text), None, "{text}");
        }
        assert_eq!(of("E_CONN_4012 at 10.0.0.1"), None);
    }
}
