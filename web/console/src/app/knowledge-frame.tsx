// Knowledge beside its own menu; the side stays where it is.
import { ArticleIcon, GapIcon, KnowledgeIcon, ReviewIcon, SynonymIcon, TesterIcon } from '@mainstay/ui';
import { Link, Outlet } from '@tanstack/react-router';
import { useState, type ReactNode } from 'react';
import { useKeys } from '../state/keys';
import { usePrefs } from '../state/prefs';
import { useWords, type Key } from '../words';
import { useGoKeys } from './go';
import { HelpDialog } from './help';
import { Side } from './side';

type To = '/knowledge/articles' | '/knowledge/reviews' | '/knowledge/gaps' | '/knowledge/search' | '/knowledge/synonyms' | '/knowledge/site';

const PAGES: { to: To; label: Key; icon: ReactNode }[] = [
  { to: '/knowledge/articles', label: 'articles.title', icon: <ArticleIcon size={15} aria-hidden="true" /> },
  { to: '/knowledge/reviews', label: 'reviews.title', icon: <ReviewIcon size={15} aria-hidden="true" /> },
  { to: '/knowledge/gaps', label: 'gaps.title', icon: <GapIcon size={15} aria-hidden="true" /> },
  { to: '/knowledge/search', label: 'tester.title', icon: <TesterIcon size={15} aria-hidden="true" /> },
  { to: '/knowledge/synonyms', label: 'synonyms.title', icon: <SynonymIcon size={15} aria-hidden="true" /> },
  { to: '/knowledge/site', label: 'site.title', icon: <KnowledgeIcon size={15} aria-hidden="true" /> },
];

export function KnowledgeFrame() {
  const { say } = useWords();
  const { viewsWidth } = usePrefs();
  const [isHelp, setHelp] = useState(false);
  useKeys({ '?': () => setHelp(true) });
  useGoKeys();
  return (
    <div className="workbench workbench-settings">
      <a className="skip-link" href="#knowledge">{say('knowledge.skip')}</a>
      <div className="pane pane-views" style={{ width: viewsWidth }}>
        <Side onHelp={() => setHelp(true)}>
          <nav className="views" aria-label={say('knowledge.title')}>
            <h2 className="views-heading">{say('knowledge.title')}</h2>
            <ul>
              {PAGES.map(({ to, label, icon }) => (
                <li key={to}>
                  <Link to={to} className="view-link" activeOptions={{ includeSearch: false }} activeProps={{ 'aria-current': 'page' }}><span className="view-icon">{icon}</span> {say(label)}</Link>
                </li>
              ))}
            </ul>
          </nav>
        </Side>
      </div>
      <main id="knowledge" className="pane pane-settings" tabIndex={-1}>
        <Outlet />
      </main>
      <HelpDialog isOpen={isHelp} onClose={() => setHelp(false)} />
    </div>
  );
}
