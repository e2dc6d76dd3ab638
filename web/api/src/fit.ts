// Holds the hand-kept shapes against the generated ones: what the server documents must be what the screens expect.
// Nothing here runs; a shape that no longer fits is a type error on its line. Fields that may be null are documented as
// optional, although they are always sent, hence `Whole`; enums stay open on purpose (`Known`).
import type { components } from './schema.gen';
import type * as filing from './filing-shapes';
import type * as knowledge from './knowledge-shapes';
import type * as shapes from './shapes';
import type * as triage from './triage';

type Documented = components['schemas'];
type Whole<T> = T extends (infer Item)[] ? Whole<Item>[] : T extends object ? { [Field in keyof T]-?: Whole<T[Field]> } : T;
type Fits<Sent extends Expected, Expected> = Sent;

/** One line per shape that travels to the browser. */
export type Fit = [
  // A workspace token has no member; a browser's session always has.
  Fits<Whole<Omit<Documented['SessionOut'], 'member'>>, Omit<shapes.SessionOut, 'member'>>,
  Fits<Whole<Documented['MemberOut']>, shapes.MemberOut>,
  Fits<Whole<Documented['TeamOut']>, shapes.TeamOut>,
  Fits<Whole<Documented['TicketOut']>, shapes.TicketOut>,
  Fits<Whole<Documented['CategoryOut']>, filing.FiledCategory>,
  Fits<Whole<Documented['FieldOut']>, filing.FieldOut>,
  Fits<Whole<Documented['StatusNameOut']>, filing.StatusNameOut>,
  Fits<Whole<Documented['CoverageOut']>, filing.CoverageOut>,
  Fits<Whole<Documented['HeldOut']>, filing.HeldOut>,
  Fits<Whole<Documented['SenderRuleOut']>, filing.SenderRuleOut>,
  Fits<Whole<Documented['SpamSettingsOut']>, filing.SpamSettingsOut>,
  Fits<Whole<Documented['SpamTrialOut']>, filing.SpamTrialOut>,
  Fits<Whole<Documented['MessageOut']>, shapes.MessageOut>,
  Fits<Whole<Documented['EventOut']>, shapes.EventOut>,
  Fits<Whole<Documented['CountsOut']>, shapes.CountsOut>,
  Fits<Whole<Documented['TotalOut']>, shapes.TotalOut>,
  Fits<Whole<Documented['FoundTicket']>, shapes.SearchHit>,
  Fits<Whole<Documented['ParticipantOut']>, shapes.ParticipantOut>,
  Fits<Whole<Documented['CustomerOut']>, shapes.CustomerOut>,
  Fits<Whole<Documented['TokenMadeOut']>, shapes.TokenOut>,
  Fits<Whole<Documented['WidgetKeyOut']>, shapes.WidgetKeyOut>,
  Fits<Whole<Documented['IdentityKeyOut']>, shapes.IdentityKeyOut>,
  Fits<Whole<Documented['MeOut']>, shapes.MeOut>,
  Fits<Whole<Documented['MyTicketOut']>, shapes.MyTicketOut>,
  Fits<Whole<Documented['MyMessageOut']>, shapes.MyMessageOut>,
  Fits<Whole<Documented['VersionOut']>, knowledge.VersionOut>,
  Fits<Whole<Documented['TextOut']>, knowledge.TextOut>,
  Fits<Whole<Documented['DiffOut']>, knowledge.DiffOut>,
  Fits<Whole<Documented['GapOut']>, knowledge.GapOut>,
  Fits<Whole<Documented['CategoryOut']>, knowledge.CategoryOut>,
  Fits<Whole<Documented['FoundArticle']>, knowledge.FoundArticle>,
  Fits<Whole<Documented['ReadingOut']>, knowledge.ReadingOut>,
  Fits<Whole<Documented['IndexOut']>, knowledge.IndexOut>,
  Fits<Whole<Documented['SynonymOut']>, knowledge.SynonymOut>,
  Fits<Whole<Documented['HelpSiteOut']>, knowledge.HelpSiteOut>,
  Fits<Whole<Documented['ArticleOut']>, knowledge.ArticleOut>,
  Fits<Whole<Documented['ReviewOut']>, knowledge.ReviewOut>,
  Fits<Whole<Documented['TriageOut']>, triage.TriageOut>,
  Fits<Whole<Documented['TriageSettingsOut']>, triage.TriageSettings>,
  Fits<Whole<Documented['TriageExampleOut']>, triage.TriageExample>,
  Fits<Whole<Documented['TriageModelOut']>, triage.TriageModel>,
];
