// Names for ids: members and teams of the workspace, read once and kept.
import type { MemberOut, TeamOut } from '@mainstay/api';
import { useQuery } from '@tanstack/react-query';
import { api, automation } from './api';

const NO_MEMBERS: MemberOut[] = [];
const NO_TEAMS: TeamOut[] = [];

export function useMembers(): MemberOut[] {
  return useQuery({ queryKey: ['members'], queryFn: api.members, staleTime: 300_000 }).data ?? NO_MEMBERS;
}

export function useTeams(): TeamOut[] {
  return useQuery({ queryKey: ['teams'], queryFn: api.teams, staleTime: 300_000 }).data ?? NO_TEAMS;
}

const NO_RULES: { id: string; name: string }[] = [];

/** The rules of the workspace, for their names. */
function useRules(): { id: string; name: string }[] {
  return useQuery({ queryKey: ['rule-names'], queryFn: automation.ruleNames, staleTime: 300_000 }).data ?? NO_RULES;
}

/** The name behind the id of a member, a team or a rule, or null while unknown. */
export function useNameOf(): (id: unknown) => string | null {
  const members = useMembers();
  const teams = useTeams();
  const rules = useRules();
  return (id) => (members.find((m) => m.id === id) ?? teams.find((t) => t.id === id) ?? rules.find((r) => r.id === id))?.name ?? null;
}
