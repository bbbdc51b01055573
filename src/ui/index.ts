export type { BrandOptions, PagesOptions, PagesSettings } from './options.js'
export type * from './props.js'
export { createUi } from './ui.js'
export type { Ui, UiParts } from './ui.js'
// For the pages of features.
export { Button, ButtonLink, Form, ShownLink } from './components/form.js'
export { CodeField, EmailField, Field, PasswordField, PhoneField } from './components/field.js'
export { Heading, Layout } from './components/layout.js'
export { Notice, Refusal } from './components/notice.js'
export { Section } from './components/section.js'
export { Moment, Phrase } from './components/words.js'
export { accountSection } from './feature-pages.js'
export type {
  AccountSectionOf,
  FeaturePages,
  LinkPages,
  NextPageOf,
  RenderPage,
  SucceededForm,
} from './feature-pages.js'
export type { FormPage } from './forms.js'
export { linkPage } from './forms.js'
export { keepDone, keepSentBy, usualLength } from './navigation.js'
export type { PageRenderer } from './page-renderer.js'
export type * from './paths.js'
export type { RefusedForm } from './refused-form.js'
export { pageRoute } from './routes/page.js'
export { showError, showGone } from './screens/ending.js'
export { showAccount } from './screens/account.js'
export { describeLink } from './screens/link.js'
export type * from './texts/texts.js'
