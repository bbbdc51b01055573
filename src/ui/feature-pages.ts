/**
 * What a feature adds to the pages: pages of its own, their texts, where its forms lead, and what its links
 * open. The renderer and the shared pages read it; they know no feature.
 */

import type { Child } from 'hono/jsx'
import type { HtmlEscapedString } from 'hono/utils/html'
import type { LinkType, Outcome, RequestContext, RouteDefinition } from '../http/index.js'
import type { FormPage } from './forms.js'
import type { PageRenderer } from './page-renderer.js'
import type { Paths } from './paths.js'
import type { AccountProps, ConfirmWords, DoneNotice, PageName, PageProps } from './props.js'
import type { FeatureTexts, LocaleName, PlainKey } from './texts/texts.js'

/** Renders the document of a page. */
export type RenderPage<Name extends PageName> = (
  props: PageProps[Name],
) => HtmlEscapedString | Promise<HtmlEscapedString>

/** A form that succeeded. */
export interface SucceededForm {
  readonly input: Readonly<Record<string, string | undefined>>
  readonly outcome: Outcome
}

/** The page that a successful form leads to: a path. */
export type NextPageOf = (context: RequestContext, form: SucceededForm) => string | Promise<string>

/** A link below the form of a strategy on the page `sign-in`. */
export interface SignInLink {
  /** The id of the strategy. */
  readonly strategy: string
  /** The page that it leads to. */
  readonly path: StringPath
  readonly text: PlainKey
}

type StringPath = { [Key in keyof Paths]: Paths[Key] extends string ? Key : never }[keyof Paths]

/** What the opened link of a purpose leads to. */
export interface LinkPages {
  /** Its own page; by default the page `confirm`. */
  readonly page?: StringPath
  /** Where to request a new link. */
  readonly again: StringPath
  /** What the page `confirm` says, for a purpose without a page of its own. */
  readonly confirm?: ConfirmWords
}

/** A section of the page `account`. */
export interface AccountSectionOf<Data = unknown> {
  /** Also the fragment of links to it. */
  readonly id: string
  /** Where it is on the page: the addresses have 20, the password 40, and the deletion 90. */
  readonly order: number
  /** Reads what it shows. */
  readonly load: (context: RequestContext) => Promise<Data>
  readonly render: (props: AccountProps, data: Data) => Child
}

/** Declares a section of the page `account`. */
export function accountSection<Data>(section: AccountSectionOf<Data>): AccountSectionOf {
  // The page gives each section the data that its own `load` returned.
  return section as unknown as AccountSectionOf
}

/** The pages of one feature. Every part may be absent. */
export interface FeaturePages {
  /** Its pages by name. The name is also the last segment of the path. */
  readonly pages?: { readonly [Name in PageName]?: RenderPage<Name> }
  /** Its texts in every locale. */
  readonly texts?: Readonly<Record<LocaleName, Partial<FeatureTexts>>>
  /** The routes of its pages. */
  readonly routes?: (renderer: PageRenderer) => readonly RouteDefinition[]
  /** The page that shows each of its forms, by the id of the form's route. */
  readonly forms?: (renderer: PageRenderer) => Readonly<Record<string, FormPage>>
  /** Where each of its forms leads after success, by the id of the form's route. */
  readonly next?: (renderer: PageRenderer) => Readonly<Record<string, NextPageOf>>
  /** The links of its purposes. */
  readonly links?: Readonly<Partial<Record<LinkType, LinkPages>>>
  readonly signInLinks?: readonly SignInLink[]
  /** Completed actions that the next page reports, with the text `notice.<name>`. */
  readonly doneNotices?: readonly DoneNotice[]
  /** Its sections of the page `account`. */
  readonly accountSections?: readonly AccountSectionOf[]
}
