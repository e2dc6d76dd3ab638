// Every call of categories, statuses, macros and spam, by noun. One line each, like `calls.ts`.
import { everyPage } from './calls';
import type { Client } from './client';
import type {
  CoverageOut, FieldChange, FieldIn, FieldOut, FiledCategory, FiledCategoryIn, HeldCounts, HeldOut, MacroIn, MacroOut, MacroPreview, MacroRunIn, MacroRunOut,
  ResolvingRuleOut, SenderRuleIn, SenderRuleOut, SpamSettingsOut, SpamTrialIn, SpamTrialOut, StatusNameOut,
} from './filing-shapes';
import type { Page, TicketOut } from './shapes';

const V1 = '/api/v1';
const ALL = 100;

function taxonomyCalls(c: Client) {
  const categories = `${V1}/categories`;
  return {
    categories: () => everyPage((after) => c.get<Page<FiledCategory>>(categories, { query: { limit: ALL, after } })),
    addCategory: (body: FiledCategoryIn) => c.post<FiledCategory>(categories, body),
    changeCategory: ({ id, version }: FiledCategory, body: Partial<FiledCategoryIn>) => c.patch<FiledCategory>(`${categories}/${id}`, body, { version }),
    replaceCategory: ({ id, version }: FiledCategory, by: string) => c.put<FiledCategory>(`${categories}/${id}/replacement`, { category_id: by }, { version }),
    removeCategory: ({ id, version }: FiledCategory) => c.delete(`${categories}/${id}`, { version }),
    coverage: () => c.get<CoverageOut>(`${V1}/category-coverage`),
    fields: () => everyPage((after) => c.get<Page<FieldOut>>(`${V1}/fields`, { query: { limit: ALL, after } })),
    addField: (body: FieldIn) => c.post<FieldOut>(`${V1}/fields`, body),
    changeField: ({ id, version }: FieldOut, body: FieldChange) => c.patch<FieldOut>(`${V1}/fields/${id}`, body, { version }),
    resolvingRule: () => c.get<ResolvingRuleOut>(`${V1}/resolving-rule`),
    setResolvingRule: ({ version, ...body }: ResolvingRuleOut) => c.put<ResolvingRuleOut>(`${V1}/resolving-rule`, body, { version }),
    statuses: async () => (await c.get<Page<StatusNameOut>>(`${V1}/statuses`)).items,
    addStatus: (body: Pick<StatusNameOut, 'status' | 'name' | 'colour' | 'default'>) => c.post<StatusNameOut>(`${V1}/statuses`, body),
    changeStatus: ({ id, version }: StatusNameOut, body: Partial<Pick<StatusNameOut, 'name' | 'colour' | 'default' | 'archived' | 'place'>>) =>
      c.patch<StatusNameOut>(`${V1}/statuses/${id}`, body, { version }),
  };
}

function macroCalls(c: Client) {
  const macros = `${V1}/macros`;
  return {
    macros: (archived = false) => everyPage((after) => c.get<Page<MacroOut>>(macros, { query: { limit: ALL, after, ...(archived ? { archived } : {}) } })),
    addMacro: (body: MacroIn) => c.post<MacroOut>(macros, body),
    changeMacro: ({ id, version }: MacroOut, body: Partial<MacroIn>) => c.patch<MacroOut>(`${macros}/${id}`, body, { version }),
    previewMacro: (ticketId: string, macro: string) => c.get<MacroPreview>(`${V1}/tickets/${ticketId}/macro-preview`, { query: { macro_id: macro } }),
    runMacro: (ticketId: string, body: MacroRunIn) => c.post<MacroRunOut>(`${V1}/tickets/${ticketId}/macro-runs`, body),
  };
}

function spamCalls(c: Client) {
  const held = `${V1}/quarantine`;
  return {
    quarantine: (cause: string, after?: string) => c.get<Page<HeldOut>>(held, { query: { limit: 50, after, ...(cause ? { cause } : {}) } }),
    quarantineCounts: () => c.get<HeldCounts>(`${held}/counts`),
    held: (id: string) => c.get<HeldOut>(`${held}/${id}`),
    recover: (id: string, allow: boolean) => c.post<TicketOut>(`${held}/${id}/recovery`, { allow }),
    removeHeld: (id: string) => c.delete(`${held}/${id}`),
    markSpam: ({ id, version }: TicketOut, spam: boolean, block: boolean) => c.put(`${V1}/tickets/${id}/spam`, { spam, block }, { version }),
    spamSettings: () => c.get<SpamSettingsOut>(`${V1}/spam-settings`),
    setSpamSettings: ({ version, on, per_hour, threshold }: SpamSettingsOut) => c.put<SpamSettingsOut>(`${V1}/spam-settings`, { on, per_hour, threshold }, { version }),
    trySpam: (body: SpamTrialIn) => c.post<SpamTrialOut>(`${V1}/spam-settings/preview`, body),
    senderRules: () => everyPage((after) => c.get<Page<SenderRuleOut>>(`${V1}/sender-rules`, { query: { limit: ALL, after } })),
    addSenderRule: (body: SenderRuleIn) => c.post<SenderRuleOut>(`${V1}/sender-rules`, body),
    removeSenderRule: (id: string) => c.delete(`${V1}/sender-rules/${id}`),
  };
}

export function filingApi(c: Client) {
  return { ...taxonomyCalls(c), ...macroCalls(c), ...spamCalls(c) };
}
