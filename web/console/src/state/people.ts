// Names for ids: members and teams of the workspace, read once and kept.
import type { MemberOut, TeamOut } from '@mainstay/api';
import { useQuery } from '@tanstack/react-query';
import { api } from './api';

const NO_MEMBERS: MemberOut[] = [];
const NO_TEAMS: TeamOut[] = [];

export function useMembers(): MemberOut[] {
  return useQuery({ queryKey: ['members'], queryFn: api.members, staleTime: 300_000 }).data ?? NO_MEMBERS;
}

export function useTeams(): TeamOut[] {
  return useQuery({ queryKey: ['teams'], queryFn: api.teams, staleTime: 300_000 }).data ?? NO_TEAMS;
}

/** The name behind a member or team id, or null while unknown. */
export function useNameOf(): (id: unknown) => string | null {
  const members = useMembers();
  const teams = useTeams();
  return (id) => (members.find((m) => m.id === id) ?? teams.find((t) => t.id === id))?.name ?? null;
}
