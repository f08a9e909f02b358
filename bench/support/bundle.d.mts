export const ROOT: string
export const CACHE: string
export const DIST: string
export function bundle(entry: string, name: string): Promise<string>
