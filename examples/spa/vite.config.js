import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

// The page and the server are one origin, as they will be in production: the session cookie needs no exception.
const server = 'http://localhost:3000'

export default defineConfig({
  plugins: [react()],
  // `latchkey` is linked from this repository, and must not bring a second React.
  resolve: { dedupe: ['react', 'react-dom'] },
  server: { port: 5173, strictPort: true, proxy: { '/auth': server } },
})
