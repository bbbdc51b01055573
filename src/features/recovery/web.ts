/** The routes and pages of recovery. */

import { keepDone, keepSentBy, pageRoute } from '../../ui/index.js'
import type { FeaturePages } from '../../ui/index.js'
import type { FeatureWeb } from '../feature.js'
import { ForgotPasswordPage, ResetPasswordPage } from './pages/recovery.js'
import { showForgotPassword, showResetPassword } from './pages/screens.js'
import { routes } from './routes.js'
import { recoveryCallbackInput } from './schemas.js'
import { texts } from './texts/texts.js'

const visible = ['email']

const pages: FeaturePages = {
  pages: { 'forgot-password': ForgotPasswordPage, 'reset-password': ResetPasswordPage },
  texts,
  links: { recovery: { page: 'resetPassword', again: 'forgotPassword' } },
  signInLinks: [{ strategy: 'password', path: 'forgotPassword', text: 'sign_in.forgot' }],

  routes: (renderer) => [
    pageRoute({ id: 'page.forgot-password', path: '/forgot-password' }, (context) =>
      showForgotPassword(renderer, context),
    ),
    pageRoute({ id: 'page.reset-password', path: '/reset-password' }, (context) =>
      showResetPassword(renderer, context),
    ),
  ],

  forms: (renderer) => ({
    'recovery.request': {
      visible,
      show: (context, refused) => showForgotPassword(renderer, context, refused),
    },
    'recovery.callback': {
      visible,
      show: (context, refused) => showResetPassword(renderer, context, refused),
    },
  }),

  next: ({ paths }) => ({
    'recovery.request'(context, { input, outcome }) {
      const to = { type: 'email', value: input['email'] ?? '' } as const
      keepSentBy(context, 'recovery', { to, outcome })
      return paths.resetPassword
    },
    'recovery.callback'(context) {
      keepDone(context, 'password_set')
      return paths.signIn
    },
  }),
}

export const web: FeatureWeb = {
  routes,
  schemas: { RecoveryCallbackInput: recoveryCallbackInput },
  pages,
}
