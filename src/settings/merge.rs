//! What two windows have changed in the same settings, put together (pure).

use super::Settings;

/// `theirs`, as it stands in the file now, with everything in which `mine` differs from `known`, which is what this window
/// has read or written last.
pub(super) fn merge(known: &Settings, mine: &Settings, theirs: Settings) -> Settings {
    let mut all = theirs;
    for gone in known.profiles.iter().filter(|profile| mine.profile(&profile.name).is_none()) {
        all.forget(&gone.name);
    }
    for profile in mine.profiles.iter().filter(|profile| known.profile(&profile.name) != Some(*profile)) {
        all.keep(profile.clone());
    }
    if mine.window != known.window {
        all.window = mine.window;
    }
    if mine.theme != known.theme {
        all.theme = mine.theme;
    }
    if mine.renderer != known.renderer {
        all.renderer.clone_from(&mine.renderer);
    }
    if mine.last != known.last {
        all.last = mine.last.clone();
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::{CloudName, Profile, Theme};

    fn with(names: &[&str]) -> Settings {
        let mut settings = Settings::default();
        for name in names {
            settings.keep(Profile { name: (*name).to_owned(), ..Profile::default() });
        }
        settings
    }

    fn names(settings: &Settings) -> Vec<&str> {
        settings.profiles.iter().map(|profile| profile.name.as_str()).collect()
    }

    #[test]
    fn only_what_was_changed_here_is_changed() {
        let known = with(&["a", "b", "c"]);
        let mut mine = known.clone();
        mine.forget("a");
        mine.keep(Profile { name: "b".to_owned(), cloud: CloudName::parse("china"), ..Profile::default() });
        mine.keep(Profile { name: "e".to_owned(), ..Profile::default() });
        mine.renderer = "cpu".to_owned();
        let theirs = Settings { theme: Theme::Dark, ..with(&["a", "b", "d"]) };
        let all = merge(&known, &mine, theirs);
        // "c" was deleted there, "d" was saved there.
        assert_eq!(names(&all), ["b", "d", "e"]);
        assert_eq!(all.profile("b").unwrap().cloud, CloudName::parse("china"));
        assert_eq!((all.theme, all.renderer.as_str()), (Theme::Dark, "cpu"));
        let theirs = Settings { last: Profile { name: "x".to_owned(), ..Profile::default() }, ..Settings::default() };
        assert_eq!(merge(&known, &known, theirs.clone()), theirs);
    }
}
