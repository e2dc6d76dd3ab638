// The icons in use, in one place, so that a screen does not choose a second picture for the same thing.
export {
  ArrowLeft as BackIcon, ArrowUpFromLine as EscalateIcon, Building2 as CompanyIcon, Check as CheckIcon, ChevronDown as DownIcon, CircleCheck as ResolvedIcon,
  Copy as CopyIcon, Code as WidgetIcon, Globe as ApiIcon, History as HistoryIcon, Inbox as InboxIcon, Keyboard as KeysIcon,
  KeyRound as TokenIcon, Layers as AllIcon, Lock as LockIcon, LogOut as LeaveIcon, Mail as EmailIcon, Menu as MenuIcon,
  MessageSquare as ChatIcon, PanelRight as ContextIcon, Paperclip as AttachIcon, Phone as PhoneIcon, Plus as AddIcon,
  RotateCw as RetryIcon, Search as SearchIcon, SlidersHorizontal as PreferencesIcon, Settings as SettingsIcon, StickyNote as NoteIcon,
  Tag as TagIcon, TriangleAlert as TroubleIcon, CornerUpLeft as ReplyIcon, UserRound as PersonIcon, UserRoundPlus as AssignIcon,
  UserRoundX as UnassignedIcon, UsersRound as PeopleIcon, WifiOff as OfflineIcon, X as CloseIcon, BookOpen as KnowledgeIcon,
  FileText as ArticleIcon, ClipboardCheck as ReviewIcon, CircleHelp as GapIcon, FlaskConical as TesterIcon, Link as LinkIcon,
  Bell as BellIcon, AlarmClock as SnoozeIcon, Workflow as RuleIcon, ChevronUp as UpIcon, Image as PictureIcon, Equal as SynonymIcon, Shapes as TriageIcon, ExternalLink as OpenIcon, Ellipsis as MoreIcon,
  Timer as PromiseIcon,
  Zap as MacroIcon, FolderTree as TaxonomyIcon, ShieldAlert as SpamIcon,
} from 'lucide-react';
