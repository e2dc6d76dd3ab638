// Triage by noun: what was found out about a ticket, previews, examples, models, settings.
import { everyPage } from './calls';
import type { Client } from './client';
import type { Page, Priority } from './shapes';

/** A category with how likely it is, 0 to 1. */
export interface GuessOut {
  category_id: string;
  name: string | null;
  confidence: number;
}

export interface NearOut {
  ticket_id: string;
  number: number;
  subject: string;
  status: string;
  is_open_incident: boolean;
  cosine: number;
}

export interface ArticleHint {
  article_id: string;
  title: string;
}

export interface TriageOut {
  triaged_at: string | null;
  model_id: string | null;
  is_known: boolean;
  is_applied: boolean;
  categories: GuessOut[];
  in_scope: number | null;
  by_meaning: boolean;
  priority: Priority;
  priority_before: Priority;
  reasons: string[];
  language: string | null;
  is_leaving: boolean;
  leaving_words: string[];
  words: string[];
  team_id: string | null;
  near: NearOut[];
  articles: ArticleHint[];
  account_days: number | null;
  earlier_tickets: number | null;
  corrected_category_id: string | null;
  corrected_priority: Priority | null;
  answered_at: string | null;
}

export interface AcceptanceOut {
  triaged: number;
  applied: number;
  corrected: number;
  unknown: number;
  rate: number | null;
}

export interface TriageSettings {
  is_on: boolean;
  automatic_answers: boolean;
  apply_above: number;
  currency: string;
  rates: Record<string, number>;
  answers: Record<string, string>;
  acceptance: AcceptanceOut;
  version: number;
}

export interface TriageExample {
  id: string;
  category_id: string;
  text: string;
  created_at: string;
}

export interface CurveBin {
  count: number;
  confidence: number;
  accuracy: number;
}

export interface ModelFigures {
  examples: number;
  accuracy: number;
  macro_f1: number;
  calibration_error: number;
  curve: CurveBin[];
  categories: { category_id: string; examples: number; accuracy: number }[];
  by_meaning: boolean;
  compared: number;
  won: number;
  lost: number;
  p_value: number;
}

export interface TriageModel {
  id: string;
  standing: string;
  trained_at: string;
  figures: ModelFigures;
}

const V1 = '/api/v1';

/** The calls about triage over one client. */
export function triageApi(c: Client) {
  return {
    of: (ticket: string) => c.get<TriageOut>(`${V1}/tickets/${ticket}/triage`),
    preview: (subject: string, body: string) => c.post<TriageOut>(`${V1}/triage/preview`, { subject, body }),
    settings: () => c.get<TriageSettings>(`${V1}/triage/settings`),
    set: (settings: TriageSettings) => {
      const { is_on, automatic_answers, apply_above, currency, rates, version } = settings;
      return c.put<TriageSettings>(`${V1}/triage/settings`, { is_on, automatic_answers, apply_above, currency, rates }, { version });
    },
    setAnswer: (category: string, article: string | null) => c.put<void>(`${V1}/triage/answers/${category}`, { article_id: article }),
    examples: () => everyPage((after) => c.get<Page<TriageExample>>(`${V1}/triage/examples`, { query: { limit: 100, after } })),
    addExample: (category: string, text: string) => c.post<TriageExample>(`${V1}/triage/examples`, { category_id: category, text }),
    removeExample: (id: string) => c.delete(`${V1}/triage/examples/${id}`),
    models: () => c.get<Page<TriageModel>>(`${V1}/triage/models`),
    train: () => c.post<{ examples: number }>(`${V1}/triage/models`),
    use: (id: string) => c.post<TriageModel>(`${V1}/triage/models/${id}/current`),
  };
}
