// Every address of the console on one screen. Behind the gate there is a session; before it there is only the door.
import { createRootRoute, createRoute, createRouter, lazyRouteComponent, Outlet, redirect, useNavigate } from '@tanstack/react-router';
import { AcceptInvitation, ResetPassword } from '../features/session/links';
import { SignIn } from '../features/session/sign-in';
import { queries } from '../state/api';
import { Gate } from './gate';
import { KnowledgeFrame } from './knowledge-frame';
import { LostPage } from './lost';
import { SettingsFrame } from './settings-frame';
import { Workbench } from './workbench';

const FIRST_VIEW = 'open';

const root = createRootRoute({ component: Outlet, notFoundComponent: LostPage });
const gate = createRoute({ getParentRoute: () => root, id: 'gate', component: Gate });

const home = createRoute({
  getParentRoute: () => root,
  path: '/',
  beforeLoad: () => {
    throw redirect({ to: '/inbox/$view', params: { view: FIRST_VIEW } });
  },
});

/** What is searched for, and the tag that the lists are narrowed to. */
function readSearch({ q, tag }: Record<string, unknown>): { q?: string; tag?: string } {
  return { ...(typeof q === 'string' && q ? { q } : {}), ...(typeof tag === 'string' && tag ? { tag } : {}) };
}
const inbox = createRoute({ getParentRoute: () => gate, path: '/inbox/$view', validateSearch: readSearch, component: Workbench });
const ticket = createRoute({ getParentRoute: () => inbox, path: '$ticketId', component: () => null });

const settings = createRoute({ getParentRoute: () => gate, path: '/settings', component: SettingsFrame });
const settingsHome = createRoute({
  getParentRoute: () => settings,
  path: '/',
  beforeLoad: () => {
    throw redirect({ to: '/settings/members' });
  },
});
const members = createRoute({ getParentRoute: () => settings, path: 'members', component: lazyRouteComponent(() => import('../features/settings/members'), 'MembersPage') });
const routing = createRoute({ getParentRoute: () => settings, path: 'routing', component: lazyRouteComponent(() => import('../features/settings/routing'), 'RoutingPage') });
const escalation = createRoute({ getParentRoute: () => settings, path: 'escalation', component: lazyRouteComponent(() => import('../features/settings/escalation'), 'EscalationPage') });
const taxonomy = createRoute({ getParentRoute: () => settings, path: 'taxonomy', component: lazyRouteComponent(() => import('../features/settings/taxonomy'), 'TaxonomyPage') });
const macros = createRoute({ getParentRoute: () => settings, path: 'macros', component: lazyRouteComponent(() => import('../features/settings/macros'), 'MacrosPage') });
const spam = createRoute({ getParentRoute: () => settings, path: 'spam', component: lazyRouteComponent(() => import('../features/settings/spam'), 'SpamPage') });
const promises = createRoute({ getParentRoute: () => settings, path: 'promises', component: lazyRouteComponent(() => import('../features/settings/promises'), 'PromisesPage') });
const tokens = createRoute({ getParentRoute: () => settings, path: 'tokens', component: lazyRouteComponent(() => import('../features/settings/tokens'), 'TokensPage') });
const widget = createRoute({ getParentRoute: () => settings, path: 'widget', component: lazyRouteComponent(() => import('../features/settings/widget'), 'WidgetPage') });
const triagePage = createRoute({ getParentRoute: () => settings, path: 'triage', component: lazyRouteComponent(() => import('../features/settings/triage'), 'TriagePage') });
const rules = createRoute({ getParentRoute: () => settings, path: 'rules', component: lazyRouteComponent(() => import('../features/settings/rules/list'), 'RulesPage') });
const rule = createRoute({ getParentRoute: () => settings, path: 'rules/$ruleId', component: lazyRouteComponent(() => import('../features/settings/rules/editor'), 'RulePage') });
const whatIf = createRoute({ getParentRoute: () => settings, path: 'what-if', component: lazyRouteComponent(() => import('../features/settings/what-if-page'), 'WhatIfPage') });
const preferences = createRoute({ getParentRoute: () => settings, path: 'preferences', component: lazyRouteComponent(() => import('../features/settings/preferences'), 'PreferencesPage') });

const knowledge = createRoute({ getParentRoute: () => gate, path: '/knowledge', component: KnowledgeFrame });
const knowledgeHome = createRoute({
  getParentRoute: () => knowledge,
  path: '/',
  beforeLoad: () => {
    throw redirect({ to: '/knowledge/articles' });
  },
});

/** The named words of an address, those that are there. */
const readWords = <K extends string>(...names: K[]) => (search: Record<string, unknown>): { [Name in K]?: string } =>
  Object.fromEntries(names.flatMap((name) => (typeof search[name] === 'string' && search[name] ? [[name, search[name]]] : []))) as { [Name in K]?: string };

const editorPage = () => import('../features/knowledge/editor-page');
const articles = createRoute({
  getParentRoute: () => knowledge,
  path: 'articles',
  validateSearch: readWords('q', 'status', 'audience', 'category', 'locale'),
  component: lazyRouteComponent(() => import('../features/knowledge/articles'), 'ArticlesPage'),
});
const newArticle = createRoute({ getParentRoute: () => knowledge, path: 'articles/new', validateSearch: readWords('title'), component: lazyRouteComponent(editorPage, 'NewArticlePage') });
const article = createRoute({ getParentRoute: () => knowledge, path: 'articles/$articleId', validateSearch: readWords('locale'), component: lazyRouteComponent(editorPage, 'ArticlePage') });
const versions = createRoute({
  getParentRoute: () => knowledge,
  path: 'articles/$articleId/versions',
  validateSearch: readWords('locale'),
  component: lazyRouteComponent(() => import('../features/knowledge/versions'), 'VersionsPage'),
});
const reviews = createRoute({ getParentRoute: () => knowledge, path: 'reviews', component: lazyRouteComponent(() => import('../features/knowledge/reviews'), 'ReviewsPage') });
const gaps = createRoute({ getParentRoute: () => knowledge, path: 'gaps', component: lazyRouteComponent(() => import('../features/knowledge/gaps'), 'GapsPage') });
const tester = createRoute({
  getParentRoute: () => knowledge,
  path: 'search',
  validateSearch: readWords('q', 'audience', 'locale'),
  component: lazyRouteComponent(() => import('../features/knowledge/tester'), 'TesterPage'),
});
const synonyms = createRoute({ getParentRoute: () => knowledge, path: 'synonyms', component: lazyRouteComponent(() => import('../features/knowledge/synonyms'), 'SynonymsPage') });
const site = createRoute({ getParentRoute: () => knowledge, path: 'site', component: lazyRouteComponent(() => import('../features/knowledge/site'), 'SitePage') });

/** Where to go after signing in: a path of this console, never another site. */
export function safeReturn(to: unknown): string {
  return typeof to === 'string' && /^\/(inbox|knowledge|settings)(\/|$|\?)/.test(to) ? to : `/inbox/${FIRST_VIEW}`;
}

const signIn = createRoute({
  getParentRoute: () => root,
  path: '/sign-in',
  validateSearch: (search: Record<string, unknown>): { to?: string } => (typeof search.to === 'string' ? { to: search.to } : {}),
  component: function SignInPage() {
    const { to } = signIn.useSearch();
    return <SignIn onSignedIn={(session) => enter(session, to)} />;
  },
});
const invite = createRoute({
  getParentRoute: () => root,
  path: '/invite',
  component: () => <AcceptInvitation onSignedIn={(session) => enter(session, undefined)} />,
});
const reset = createRoute({
  getParentRoute: () => root,
  path: '/reset',
  component: function ResetPage() {
    const navigate = useNavigate();
    return <ResetPassword onDone={() => void navigate({ to: '/sign-in' })} />;
  },
});

function enter(session: unknown, to: string | undefined): void {
  queries.clear();
  queries.setQueryData(['session'], session);
  void router.navigate({ href: safeReturn(to) });
}

export const router = createRouter({
  routeTree: root.addChildren([
    home,
    signIn,
    invite,
    reset,
    gate.addChildren([
      inbox.addChildren([ticket]),
      knowledge.addChildren([knowledgeHome, articles, newArticle, article, versions, reviews, gaps, tester, synonyms, site]),
      settings.addChildren([
        settingsHome,
        members,
        routing,
        escalation,
        promises,
        taxonomy,
        macros,
        spam,
        tokens,
        widget,
        rules,
        rule,
        triagePage,
        whatIf,
        preferences,
      ]),
    ]),
  ]),
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
