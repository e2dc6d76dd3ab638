// Lets TypeScript know what Vite makes of style imports.
/// <reference types="vite/client" />
