/**
 * The lists that features add to. Each is an interface whose keys are the names: a feature adds its own by
 * declaration merging, and lists them at run time in its declaration.
 */

/** The purposes of verifications. */
export interface Purposes {
  readonly email: true
  readonly phone: true
  readonly sign_in: true
}

/** The events that features record in the audit log. */
// eslint-disable-next-line @typescript-eslint/no-empty-object-type -- Features fill it.
export interface FeatureEvents {}

/** The notices that features send. */
// eslint-disable-next-line @typescript-eslint/no-empty-object-type -- Features fill it.
export interface FeatureNotices {}
