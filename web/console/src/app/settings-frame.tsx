// Settings beside their own menu; the side stays where it is.
import {
  AssignIcon,
  BackIcon,
  EscalateIcon,
  HistoryIcon,
  MacroIcon,
  PeopleIcon,
  PreferencesIcon,
  PromiseIcon,
  RuleIcon,
  SpamIcon,
  TaxonomyIcon,
  TokenIcon,
  TriageIcon,
  WidgetIcon,
} from '@mainstay/ui';
import { Link, Outlet } from '@tanstack/react-router';
import { useState, type ReactNode } from 'react';
import { useKeys } from '../state/keys';
import { usePrefs } from '../state/prefs';
import { useWords, type Key } from '../words';
import { useGoKeys } from './go';
import { HelpDialog } from './help';
import { Side } from './side';

type Place =
  | '/settings/members'
  | '/settings/routing'
  | '/settings/escalation'
  | '/settings/promises'
  | '/settings/taxonomy'
  | '/settings/macros'
  | '/settings/spam'
  | '/settings/tokens'
  | '/settings/widget'
  | '/settings/rules'
  | '/settings/what-if'
  | '/settings/triage'
  | '/settings/preferences';

const PAGES: { to: Place; label: Key; icon: ReactNode }[] = [
  { to: '/settings/members', label: 'members.title', icon: <PeopleIcon size={15} aria-hidden="true" /> },
  { to: '/settings/taxonomy', label: 'taxonomy.title', icon: <TaxonomyIcon size={15} aria-hidden="true" /> },
  { to: '/settings/triage', label: 'triage.title', icon: <TriageIcon size={15} aria-hidden="true" /> },
  { to: '/settings/routing', label: 'routing.title', icon: <AssignIcon size={15} aria-hidden="true" /> },
  { to: '/settings/promises', label: 'sla.title', icon: <PromiseIcon size={15} aria-hidden="true" /> },
  { to: '/settings/escalation', label: 'escalation.title', icon: <EscalateIcon size={15} aria-hidden="true" /> },
  { to: '/settings/rules', label: 'rules.title', icon: <RuleIcon size={15} aria-hidden="true" /> },
  { to: '/settings/macros', label: 'macros.title', icon: <MacroIcon size={15} aria-hidden="true" /> },
  { to: '/settings/spam', label: 'spam.title', icon: <SpamIcon size={15} aria-hidden="true" /> },
  { to: '/settings/widget', label: 'widget.title', icon: <WidgetIcon size={15} aria-hidden="true" /> },
  { to: '/settings/what-if', label: 'whatif.title', icon: <HistoryIcon size={15} aria-hidden="true" /> },
  { to: '/settings/tokens', label: 'tokens.title', icon: <TokenIcon size={15} aria-hidden="true" /> },
  { to: '/settings/preferences', label: 'prefs.title', icon: <PreferencesIcon size={15} aria-hidden="true" /> },
];

export function SettingsFrame() {
  const { say } = useWords();
  const { viewsWidth } = usePrefs();
  const [isHelp, setHelp] = useState(false);
  useKeys({ '?': () => setHelp(true) });
  useGoKeys();
  return (
    <div className="workbench workbench-settings">
      <a className="skip-link" href="#settings">{say('skip.settings')}</a>
      <div className="pane pane-views" style={{ width: viewsWidth }}>
        <Side onHelp={() => setHelp(true)}>
          <nav className="views" aria-label={say('settings.title')}>
            <Link to="/" className="view-link"><span className="view-icon"><BackIcon size={15} aria-hidden="true" /></span> {say('settings.back')}</Link>
            <h2 className="views-heading">{say('settings.title')}</h2>
            <ul>
              {PAGES.map(({ to, label, icon }) => (
                <li key={to}>
                  <Link to={to} className="view-link" activeProps={{ 'aria-current': 'page' }}><span className="view-icon">{icon}</span> {say(label)}</Link>
                </li>
              ))}
            </ul>
          </nav>
        </Side>
      </div>
      <main id="settings" className="pane pane-settings" tabIndex={-1}>
        <Outlet />
      </main>
      <HelpDialog isOpen={isHelp} onClose={() => setHelp(false)} />
    </div>
  );
}
