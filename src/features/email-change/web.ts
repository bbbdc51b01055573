/** The routes of a change of address, and what the shared pages say about it. */

import { keepDone, linkPage } from '../../ui/index.js'
import type { FeaturePages } from '../../ui/index.js'
import type { FeatureWeb } from '../feature.js'
import { routes } from './routes.js'
import { texts } from './texts/texts.js'

const pages: FeaturePages = {
  texts,
  doneNotices: ['address_changed'],

  links: {
    email_change: {
      again: 'signIn',
      confirm: {
        title: 'confirm.email_change_title',
        lead: 'confirm.email_change_lead',
        submit: 'confirm.email_change_submit',
        elsewhere: 'confirm.elsewhere_email_change',
        callback: 'email-change',
      },
    },
  },

  forms: (renderer) => ({ 'email-change.callback': linkPage(renderer) }),

  next: ({ paths }) => ({
    async 'email-change.callback'(context) {
      keepDone(context, 'address_changed')
      return (await context.scope()) === null ? paths.signIn : paths.account
    },
  }),
}

export const web: FeatureWeb = { routes, pages }
