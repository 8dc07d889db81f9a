import { defineConfig } from 'vite'

/** One CommonJS file: a sandboxed page can load nothing else before itself. */
export default defineConfig({
  root: import.meta.dirname,
  build: {
    outDir: '../../dist/desktop/preload',
    emptyOutDir: true,
    target: 'chrome140',
    minify: false,
    reportCompressedSize: false,
    lib: { entry: 'preload.ts', formats: ['cjs'], fileName: () => 'preload.cjs' },
    rolldownOptions: { external: ['electron'] },
  },
})
