export function bundleForNode(entry: string, outfile: string, dist?: string): Promise<void>
