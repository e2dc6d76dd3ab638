// The title of the tab: where one is, then whose workspace it is.
import { useEffect } from 'react';

export function useTitle(place: string, workspace: string): void {
  useEffect(() => {
    document.title = place ? `${place} · ${workspace}` : workspace;
  }, [place, workspace]);
}
