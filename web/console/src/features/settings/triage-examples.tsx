// Examples by category, and the article that answers each.
import type { CategoryOut, TriageExample } from '@mainstay/api';
import { AddIcon, Button, Choose, Empty, Field, Skeleton, TriageIcon } from '@mainstay/ui';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { knowledge, triage } from '../../state/api';
import { useWords } from '../../words';
import { FormDialog } from './form';
import { Block, PageTrouble } from './frame';

export function TriageExamples({ answers }: { answers: Record<string, string> }) {
  const { say } = useWords();
  const categories = useQuery({ queryKey: ['categories'], queryFn: knowledge.categories });
  const examples = useQuery({ queryKey: ['triage-examples'], queryFn: triage.examples });
  const [isAdding, setAdding] = useState(false);
  const live = categories.data?.filter((category) => !category.archived) ?? [];
  const add = live.length > 0 ? <Button size="small" onPress={() => setAdding(true)}><AddIcon size={14} aria-hidden="true" /> {say('triage.add_example')}</Button> : null;
  return (
    <Block title={say('triage.examples')} text={say('triage.examples_text')} action={add}>
      {categories.isPending || examples.isPending ? <Skeleton lines={3} label={say('loading')} /> : null}
      {examples.isError ? <PageTrouble error={examples.error} onRetry={() => void examples.refetch()} /> : null}
      {categories.isError ? <PageTrouble error={categories.error} onRetry={() => void categories.refetch()} /> : null}
      {categories.data && live.length === 0 ? <p className="soft">{say('triage.no_categories')}</p> : null}
      {live.length > 0 && examples.data?.length === 0 ? <Empty icon={<TriageIcon size={28} strokeWidth={1.5} />} title={say('triage.no_examples')} text={say('triage.no_examples_text')} /> : null}
      <ul className="cards">
        {live.map((category) => (
          <CategoryCard key={category.id} category={category} examples={examples.data?.filter((example) => example.category_id === category.id) ?? []} answer={answers[category.id] ?? ''} />
        ))}
      </ul>
      {isAdding ? <ExampleDialog categories={live} onClose={() => setAdding(false)} /> : null}
    </Block>
  );
}

function CategoryCard({ category, examples, answer }: { category: CategoryOut; examples: TriageExample[]; answer: string }) {
  const { say } = useWords();
  const queries = useQueryClient();
  const articles = useQuery({ queryKey: ['triage-articles'], queryFn: () => knowledge.list({ status: 'published' }) });
  const remove = async (example: TriageExample) => {
    await triage.removeExample(example.id);
    await queries.invalidateQueries({ queryKey: ['triage-examples'] });
  };
  const choose = async (article: string) => {
    await triage.setAnswer(category.id, article || null);
    await queries.invalidateQueries({ queryKey: ['triage-settings'] });
  };
  const choices = [{ id: '', label: say('triage.no_article') }, ...(articles.data?.items ?? []).map((article) => ({ id: article.id, label: article.title }))];
  return (
    <li className="card">
      <h3 dir="auto">{category.name}</h3>
      <ul>
        {examples.map((example) => (
          <li key={example.id} className="settings-head">
            <span dir="auto">{example.text}</span>
            <Button size="small" aria-label={say('triage.remove_example', { text: example.text.slice(0, 40) })} onPress={() => void remove(example)}>{say('remove')}</Button>
          </li>
        ))}
      </ul>
      <Choose label={say('triage.answer_article')} value={answer} onChange={(id) => void choose(id)} choices={choices} />
    </li>
  );
}

function ExampleDialog({ categories, onClose }: { categories: CategoryOut[]; onClose: () => void }) {
  const { say } = useWords();
  const queries = useQueryClient();
  const [category, setCategory] = useState(categories[0]?.id ?? '');
  const [text, setText] = useState('');
  const send = async () => {
    await triage.addExample(category, text);
    await queries.invalidateQueries({ queryKey: ['triage-examples'] });
  };
  return (
    <FormDialog
      title={say('triage.add_example')}
      submit={say('save')}
      isOpen
      onClose={onClose}
      send={send}
      fields={(problem) => (
        <>
          <Choose label={say('triage.category')} value={category} onChange={setCategory} choices={categories.map(({ id, name }) => ({ id, label: name }))} />
          <Field label={say('triage.example')} isRequired autoFocus rows={4} value={text} onChange={setText} error={problem?.fieldError('/text')} />
        </>
      )}
    />
  );
}
