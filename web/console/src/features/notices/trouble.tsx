// A read that failed, with the way to try again.
import { Button, Trouble } from '@mainstay/ui';
import { useTell } from '../../state/problems';
import { useWords } from '../../words';

export function PageTrouble({ error, onRetry }: { error: unknown; onRetry: () => void }) {
  const tell = useTell();
  const { say } = useWords();
  return <Trouble {...tell(error)} action={<Button onPress={onRetry}>{say('try_again')}</Button>} />;
}
