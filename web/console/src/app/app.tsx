// The roof: providers around the router. Only here features meet.
import { I18nProvider, ToastRegion } from '@mainstay/ui';
import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { queries } from '../state/api';
import { toasts } from '../state/toasts';
import { useWords, WordsProvider } from '../words';
import { router } from './router';
import './app.css';

export function App() {
  return (
    <QueryClientProvider client={queries}>
      <WordsProvider>
        <Locale>
          <RouterProvider router={router} />
        </Locale>
      </WordsProvider>
    </QueryClientProvider>
  );
}

function Locale({ children }: { children: ReactNode }) {
  const { locale, say } = useWords();
  return (
    <I18nProvider locale={locale}>
      {children}
      <ToastRegion toasts={toasts} closeLabel={say('close')} />
    </I18nProvider>
  );
}
