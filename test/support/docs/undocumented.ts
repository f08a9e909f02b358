// What a package exports, seen by the TypeScript compiler, and which of it has no doc comment.
import { join } from 'node:path'
import {
  API,
  type Checker,
  type Symbol as CompilerSymbol,
  ModifierFlags,
  type Project,
  SymbolFlags,
} from 'typescript/unstable/sync'

export interface Entry {
  /** Folder of the project; only what is declared below it has to be documented. */
  readonly root: string
  /** Path of the project's tsconfig from there. */
  readonly config: string
  /** Path of the module from there. */
  readonly module: string
  /**
   * Exported types whose members need no comment of their own: they are another library's, and the type's
   * comment says which.
   */
  readonly foreign?: readonly string[]
  /** Members that a platform prescribes and calls; not for users. */
  readonly platform?: readonly string[]
}

export interface Undocumented {
  /** Everything that was looked at: `Name`, `Name.member`, `Name.member.member`. */
  readonly seen: readonly string[]
  /** What of it has no comment. */
  readonly missing: readonly string[]
}

/**
 * Looks at every exported name, and at the members of exported classes (static ones too) and interfaces,
 * inherited ones and those of nested object types included. Members that are private, protected or
 * `@internal` do not count. A comment has to have text; `@see` counts when it names something.
 */
export function findUndocumented({ root, config, module, foreign = [], platform = [] }: Entry): Undocumented {
  const api = new API({ cwd: root })
  try {
    const project = api.updateSnapshot({ openProjects: [join(root, config)] }).getProject(join(root, config))
    if (!project) throw new Error(`${config}: no such project`)
    const { checker, program } = project
    const file = program.getSourceFile(join(root, module))
    const exported = file && checker.getSymbolAtLocation(file)
    if (!exported) throw new Error(`${module} is not a module of ${config}`)
    const seen: string[] = []
    const missing: string[] = []
    const note = (name: string, symbol: CompilerSymbol): void => {
      seen.push(name)
      if (!isDocumented(symbol, checker)) missing.push(name)
    }
    const noteMembers = (name: string, members: readonly CompilerSymbol[]): void => {
      for (const member of members) {
        if (!isOurs(member, root) || isHidden(member, project) || platform.includes(member.name)) continue
        note(`${name}.${member.name}`, member)
        noteNested(`${name}.${member.name}`, member)
      }
    }
    /** `{ a: { b: 1 } }`: `b` is as public as `a`. */
    const noteNested = (name: string, member: CompilerSymbol): void => {
      if (!(member.flags & SymbolFlags.Property)) return
      const type = checker.getTypeOfSymbol(member)
      if (type?.isObjectType() && type.getSymbol()?.name === '__type')
        noteMembers(name, checker.getPropertiesOfType(type))
    }
    for (const name of checker.getExportsOfModule(exported)) {
      const symbol = name.flags & SymbolFlags.Alias ? checker.getAliasedSymbol(name) : name
      note(symbol.name, symbol)
      if (foreign.includes(symbol.name)) continue
      if (symbol.flags & (SymbolFlags.Class | SymbolFlags.Interface))
        noteMembers(symbol.name, checker.getPropertiesOfType(checker.getDeclaredTypeOfSymbol(symbol)))
      const ofClass = symbol.flags & SymbolFlags.Class && checker.getTypeOfSymbol(symbol)
      if (ofClass) noteMembers(symbol.name, checker.getPropertiesOfType(ofClass))
    }
    return { seen, missing }
  } finally {
    api.close()
  }
}

function isDocumented(symbol: CompilerSymbol, checker: Checker): boolean {
  if (checker.getDocumentationCommentOfSymbol(symbol).trim() !== '') return true
  return checker.getJsDocTagsOfSymbol(symbol).some(({ name, text }) => name === 'see' && text?.trim())
}

function isHidden(symbol: CompilerSymbol, project: Project): boolean {
  // `#private` names are escaped; `prototype` is every class's.
  if (symbol.name.includes('#') || symbol.name === 'prototype') return true
  const node = symbol.declarations[0]?.resolve(project)
  if (node && 'modifierFlags' in node) {
    const flags = node.modifierFlags as ModifierFlags
    if (flags & (ModifierFlags.Private | ModifierFlags.Protected)) return true
  }
  return project.checker.getJsDocTagsOfSymbol(symbol).some(({ name }) => name === 'internal')
}

function isOurs(symbol: CompilerSymbol, root: string): boolean {
  return symbol.declarations.some(({ path }) => path.startsWith(join(root, 'src/')))
}
