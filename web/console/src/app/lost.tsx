// An address that leads nowhere.
import { Empty, SearchIcon } from '@mainstay/ui';
import { Link } from '@tanstack/react-router';
import { useWords } from '../words';

export function LostPage() {
  const { say } = useWords();
  const home = <Link to="/">{say('lost.home')}</Link>;
  return <main className="gate-state"><Empty icon={<SearchIcon size={28} strokeWidth={1.5} />} title={say('lost.title')} text={say('lost.text')} action={home} /></main>;
}
