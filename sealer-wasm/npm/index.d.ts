/** Who can open a value: this name in this namespace, any name in it, or any namespace of the cluster. */
export type Scope = "strict" | "namespace-wide" | "cluster-wide";

/** Values by their keys. A string is sealed as UTF-8. */
export type Data = Record<string, Uint8Array | string>;

/** Every function but `init` throws one of these, with nothing sealed. No message holds a piece of a value. */
export interface SealerError extends Error {
  /** A word for programs; it stays when messages change. The README lists them. */
  code: string;
}

/** What the wasm can be loaded from. */
export type Source = BufferSource | WebAssembly.Module | Response | Request | URL | string;

/**
 * Loads the sealing code. Await it once before anything else; later calls do nothing.
 *
 * Without a source, `sealer_bg.wasm` is taken from beside the package's code: by `fetch` in a browser, from the disk
 * in Node.
 */
export function init(source?: Source | Promise<Source>): Promise<void>;

export interface SealOptions {
  /** The cluster's certificate in PEM. One that has expired is refused. */
  cert: string;
  /** The namespace of the Secret; `cluster-wide` does without. */
  namespace?: string;
  /** The name of the Secret. */
  name: string;
  /** `strict` if left out. */
  scope?: Scope;
  /** The type of the Secret; `Opaque` if left out. */
  type?: string;
  data: Data;
}

/** Seals values and gives a SealedSecret in YAML. */
export function seal(options: SealOptions): string;

export interface SealManifestOptions {
  /** The cluster's certificate in PEM. One that has expired is refused. */
  cert: string;
  /** One Secret or more, in YAML or JSON. */
  manifest: string;
  /** The namespace; a manifest that names another is refused. */
  namespace?: string;
  /** The name, in place of the manifest's. */
  name?: string;
  /** The scope, in place of what the manifest's annotations say. */
  scope?: Scope;
}

/** Seals Secrets as they are written down and gives as many SealedSecrets in YAML. */
export function sealManifest(options: SealManifestOptions): string;

export interface MergeOptions {
  /** Which SealedSecret is meant, where the text has several. */
  namespace?: string;
  /** Which SealedSecret is meant, where the text has several. */
  name?: string;
  /** Keys that go. Each has to be there. */
  remove?: string[];
  /** Keys that get another name: `{ old: "new" }`. Their values stay as they are. */
  rename?: Record<string, string>;
  /** Values to seal: keys that are there are replaced, others added. */
  data?: Data;
  /** The cluster's certificate in PEM, needed for `data`. One that has expired is refused. */
  cert?: string;
}

/**
 * Edits a SealedSecret in the text that somebody wrote: keys are removed, then renamed, then sealed. Name, namespace
 * and scope are the text's, and every byte of it that need not change stays.
 */
export function merge(text: string, options: MergeOptions): string;

export interface InspectedValue {
  key: string;
  /** The length of the value, which sealing does not hide; `null` where it is no sealed value. */
  bytes: number | null;
  /** The size of the RSA key that it was sealed for; `null` where it is no sealed value. */
  keyBits: number | null;
}

export interface InspectedSecret {
  name: string;
  namespace: string;
  scope: Scope;
  type: string;
  values: InspectedValue[];
}

/** What anybody can see of the SealedSecrets of a text, without a key. */
export function inspect(text: string): InspectedSecret[];

export interface Certificate {
  /** SHA-256 of the certificate: upper-case pairs with colons. */
  fingerprint: string;
  /** The size of its RSA key. */
  bits: number;
  notBefore: Date;
  notAfter: Date;
}

/** Reads the first certificate of a PEM text. One that has expired is read all the same. */
export function parseCert(pem: string): Certificate;
