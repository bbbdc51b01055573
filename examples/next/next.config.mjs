/** @type {import('next').NextConfig} */
export default {
  // It has a native module and migrations beside its code, and is left as it is.
  serverExternalPackages: ['latchkey'],
  outputFileTracingRoot: import.meta.dirname,
  turbopack: { root: import.meta.dirname },
}
