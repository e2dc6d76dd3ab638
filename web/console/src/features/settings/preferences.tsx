// What one person prefers: theme, language, keys. Kept in this browser.
import { Choose, Switch } from '@mainstay/ui';
import { setPrefs, usePrefs, type Prefs } from '../../state/prefs';
import { LANGUAGES, useWords } from '../../words';
import { Block, SettingsPage } from './frame';
import { KeyTable } from '../../words/key-table';

export function PreferencesPage() {
  const { say } = useWords();
  const prefs = usePrefs();
  const themes = [{ id: 'system', label: say('prefs.system') }, { id: 'light', label: say('prefs.light') }, { id: 'dark', label: say('prefs.dark') }];
  const languages = [{ id: '', label: say('prefs.browser_language') }, ...LANGUAGES];
  return (
    <SettingsPage title={say('prefs.title')} text={say('prefs.text')}>
      <div className="prefs">
        <Choose label={say('prefs.theme')} choices={themes} value={prefs.theme} onChange={(theme) => setPrefs({ theme: theme as Prefs['theme'] })} />
        <Choose label={say('prefs.language')} choices={languages} value={prefs.language} onChange={(language) => setPrefs({ language })} />
        <Switch label={say('prefs.events')} isOn={prefs.showEvents} onChange={(showEvents) => setPrefs({ showEvents })} />
        <Switch label={say('prefs.keys')} isOn={prefs.keys} onChange={(keys) => setPrefs({ keys })} />
      </div>
      <Block title={say('keys.title')} text={say('keys.text')}>
        <KeyTable />
      </Block>
    </SettingsPage>
  );
}
