// The settings of the help centre: its name, where it answers, its first language and colour.
import { asProblem, type ApiProblem, type HelpSiteOut } from '@mainstay/api';
import { Button, Choose, Field, OpenIcon, Switch, Trouble } from '@mainstay/ui';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState, type FormEvent } from 'react';
import { knowledge } from '../../state/api';
import { useTell } from '../../state/problems';
import { mayAdminister, useSession } from '../../state/session';
import { toasts } from '../../state/toasts';
import { useWords } from '../../words';
import { Page, ReadState } from './page';
import { languageName, LOCALES } from './words';

export function SitePage() {
  const { say } = useWords();
  const read = useQuery({ queryKey: ['knowledge', 'site'], queryFn: knowledge.helpSite });
  const href = read.data?.host ? `https://${read.data.host}/help` : '/help';
  const open = <a className="button" data-look="plain" data-size="normal" href={href} target="_blank" rel="noreferrer"><OpenIcon size={14} aria-hidden="true" /> {say('site.open')}</a>;
  return (
    <Page title={say('site.title')} text={say('site.text')} action={open}>
      <ReadState read={read} />
      {read.data ? <SiteForm key={read.data.version} site={read.data} /> : null}
    </Page>
  );
}

function SiteForm({ site }: { site: HelpSiteOut }) {
  const { say, locale } = useWords();
  const tell = useTell();
  const queries = useQueryClient();
  const [form, setForm] = useState(site);
  const [problem, setProblem] = useState<ApiProblem | null>(null);
  const set = (change: Partial<HelpSiteOut>) => setForm({ ...form, ...change });
  const send = async (event: FormEvent) => {
    event.preventDefault();
    setProblem(null);
    try {
      queries.setQueryData(['knowledge', 'site'], await knowledge.changeHelpSite({ ...form, host: form.host || null }));
      toasts.show({ text: say('site.saved') });
    } catch (thrown) {
      setProblem(asProblem(thrown));
    }
  };
  const locales = [...new Set([site.default_locale, ...LOCALES])].map((id) => ({ id, label: languageName(id, locale) }));
  return (
    <form className="form kb-form" onSubmit={(event) => void send(event)}>
      {problem ? <Trouble {...tell(problem)} /> : null}
      <Field label={say('site.name')} isRequired value={form.name} onChange={(name) => set({ name })} error={problem?.fieldError('/name')} />
      <Field label={say('site.host')} help={say('site.host_help')} value={form.host ?? ''} onChange={(host) => set({ host })} error={problem?.fieldError('/host')} />
      <Choose label={say('site.locale')} value={form.default_locale} onChange={(next) => set({ default_locale: next })} choices={locales} />
      <Field label={say('site.accent')} type="color" value={form.accent} onChange={(accent) => set({ accent })} error={problem?.fieldError('/accent')} />
      <Switch label={say('site.contact')} isOn={form.has_contact} onChange={(has_contact) => set({ has_contact })} />
      {mayAdminister(useSession()) ? <div><Button type="submit" look="primary">{say('save')}</Button></div> : null}
    </form>
  );
}
