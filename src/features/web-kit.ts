/** `latchkey/feature/web`: what the routes and pages of a feature of your own are made with. */

export { emailRequestInput, statusSchema, text, textLimits } from '../contract/index.js'
export { defineRoute, openLinkRoute, tokenOf } from '../http/index.js'
export type { Outcome, RequestContext, RouteDefinition } from '../http/index.js'
export {
  accountSection,
  Button,
  ButtonLink,
  Field,
  Form,
  Heading,
  keepDone,
  Layout,
  Notice,
  pageRoute,
  Phrase,
  Refusal,
  Section,
  showAccount,
  showError,
} from '../ui/index.js'
export type {
  AccountProps,
  AccountSectionOf,
  FeaturePages,
  FormPage,
  Frame,
  NextPageOf,
  PageProps,
  PageRenderer,
  RefusedForm,
} from '../ui/index.js'
