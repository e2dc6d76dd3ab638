// The keys that lead from one area to another: `g`, then its letter.
import { useNavigate } from '@tanstack/react-router';
import { useKeys } from '../state/keys';

export function useGoKeys(): void {
  const navigate = useNavigate();
  useKeys({
    'g i': () => void navigate({ to: '/' }),
    'g k': () => void navigate({ to: '/knowledge/articles' }),
    'g s': () => void navigate({ to: '/settings/members' }),
  });
}
