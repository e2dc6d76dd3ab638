// The buttons of an article's life: save, publish, and in the menu the rest. What is unsaved is saved first.
import type { ArticleOut } from '@mainstay/api';
import { Button, ChoiceMenu, DownIcon, Field, type MenuChoice } from '@mainstay/ui';
import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { knowledge } from '../../state/api';
import { useSession } from '../../state/session';
import { toasts } from '../../state/toasts';
import { useWords, type Say } from '../../words';
import { keep } from './drafts';
import type { Editing } from './editing';
import { Ask } from './page';

type Shown = 'schedule' | 'archive' | 'remove';

interface LifeProps {
  editing: Editing;
  onSave: () => Promise<ArticleOut | null>;
}

export function Life({ editing, onSave }: LifeProps) {
  const { say } = useWords();
  const { article, isDirty, isBusy, form } = editing;
  const mayPublish = useSession().rights.includes('knowledge:publish');
  const [shown, setShown] = useState<Shown | null>(null);
  const acts = useLifeActs(editing, onSave);
  const canPublish = mayPublish && (isDirty || !article || article.status !== 'published' || article.has_changes);
  // A translation that the source left behind is saved as it is to say that it still holds.
  const isBehind = article?.translations.some((each) => each.locale === editing.locale && each.source_changed) ?? false;
  const isComplete = form.title.trim() !== '' && form.body.trim() !== '';
  const choose = (id: string) => {
    if (id === 'schedule' || id === 'archive' || id === 'remove') setShown(id);
    else if (id === 'unschedule') void acts.unschedule();
    else void acts.move(id);
  };
  const choices = article ? lifeChoices(article, mayPublish, say) : [];
  return (
    <>
      <Button type="submit" isDisabled={isBusy || (!isDirty && !isBehind && article !== null)}>{article?.status === 'published' ? say('editor.save_changes') : say('editor.save')}</Button>
      {canPublish ? <Button look="primary" isDisabled={isBusy || !isComplete} onPress={() => void acts.publish()}>{article?.status === 'published' ? say('editor.publish_changes') : say('editor.publish')}</Button> : null}
      {choices.length > 0 ? (
        <ChoiceMenu label={say('editor.more')} groups={[{ choices }]} onChoose={choose} trigger={<Button look="quiet">{say('editor.more')} <DownIcon size={14} aria-hidden="true" /></Button>} />
      ) : null}
      {shown ? <LifeDialog shown={shown} editing={editing} acts={acts} onClose={() => setShown(null)} /> : null}
    </>
  );
}

function lifeChoices(article: ArticleOut, mayPublish: boolean, say: Say): MenuChoice[] {
  const { status } = article;
  const isSeen = status === 'published' || status === 'archived';
  return [
    ...(status === 'draft' ? [{ id: 'review', label: say('editor.to_review') }] : []),
    ...(status === 'review' || (isSeen && mayPublish) ? [{ id: 'draft', label: say('editor.to_draft') }] : []),
    ...(mayPublish && !article.scheduled_at ? [{ id: 'schedule', label: say('editor.schedule') }] : []),
    ...(mayPublish && article.scheduled_at ? [{ id: 'unschedule', label: say('editor.unschedule') }] : []),
    ...(mayPublish && status !== 'archived' ? [{ id: 'archive', label: say('editor.archive') }] : []),
    ...(status === 'published' ? [] : [{ id: 'remove', label: say('editor.remove'), tone: 'danger' as const }]),
  ];
}

function useLifeActs(editing: Editing, onSave: LifeProps['onSave']) {
  const { say } = useWords();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const { run } = editing;
  const saved = () => (editing.isDirty || !editing.article ? onSave() : Promise.resolve(editing.article));
  const move = async (status: string) => {
    const base = await saved();
    return base ? run((article) => knowledge.setStatus(article, status)) : null;
  };
  const publish = async () => {
    const base = await saved();
    if (!base) return;
    // A new article has just moved to its own page, whose editor reads it again.
    const live = editing.article ? await run((article) => knowledge.setStatus(article, 'published')) : await knowledge.setStatus(base, 'published');
    if (!live) return;
    if (!editing.article) queries.setQueryData(['knowledge', 'article', live.id], live);
    toasts.show({ text: say('editor.published', { title: live.title }) });
  };
  const schedule = async (time: string) => {
    const base = await saved();
    if (base) await run((article) => knowledge.schedule(article, time));
  };
  const remove = async () => {
    if (!editing.article) return;
    await knowledge.remove(editing.article);
    keep(`${editing.article.id}.${editing.locale}`, null);
    void queries.invalidateQueries({ queryKey: ['knowledge', 'articles'] });
    await navigate({ to: '/knowledge/articles' });
  };
  return { move, publish, schedule, remove, unschedule: () => run((article) => knowledge.unschedule(article)) };
}

interface DialogProps {
  shown: Shown;
  editing: Editing;
  acts: ReturnType<typeof useLifeActs>;
  onClose: () => void;
}

function LifeDialog({ shown, acts, onClose }: DialogProps) {
  const { say } = useWords();
  const [time, setTime] = useState('');
  if (shown === 'schedule') {
    return (
      <Ask title={say('editor.schedule')} submit={say('editor.schedule')} onClose={onClose} send={() => acts.schedule(new Date(time).toISOString())}>
        <p>{say('editor.schedule_text')}</p>
        <Field label={say('editor.schedule_at')} type="datetime-local" isRequired autoFocus value={time} onChange={setTime} />
      </Ask>
    );
  }
  if (shown === 'archive') {
    return <Ask title={say('editor.archive')} submit={say('editor.archive')} onClose={onClose} send={() => acts.move('archived')}><p>{say('editor.archive_text')}</p></Ask>;
  }
  return <Ask title={say('editor.remove')} submit={say('editor.remove')} look="danger" onClose={onClose} send={acts.remove}><p>{say('editor.remove_text')}</p></Ask>;
}
