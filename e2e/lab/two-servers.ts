import { LabProduct } from '../faults/lab-product.ts'
import { startHost, type HostOptions, type LabHost } from './lab.ts'

/** The real program with two servers: `lab`, from which it backs up, and `empty`, which gets what was on it. */
export class TwoServers implements AsyncDisposable {
  readonly product: LabProduct
  readonly empty: LabHost

  private constructor(product: LabProduct, empty: LabHost) {
    this.product = product
    this.empty = empty
  }

  /** `prepare` runs on `lab`, `prepareEmpty` on `empty`, as root, before Holdfast looks at them. */
  static async start(
    options: HostOptions,
    { prepare, prepareEmpty }: { readonly prepare: string; readonly prepareEmpty: string },
  ): Promise<TwoServers> {
    const { layer: _, ...services } = options
    const [product, empty] = await Promise.all([LabProduct.start(options, prepare), startHost(services)])
    await empty.exec(prepareEmpty)
    const [key] = await empty.hostKeys()
    const login = ['--host', empty.ip, '--user', 'root', '--key', empty.key]
    await product.holdfast.json(['server', 'add', 'empty', ...login, '--accept-host-key', key!.fingerprint])
    return new TwoServers(product, empty)
  }

  /** What a command prints on the second server, as root. */
  onEmpty(command: string): Promise<string> {
    return this.empty.exec(command).then(({ stdout }) => stdout)
  }

  onLab(command: string): Promise<string> {
    return this.product.host.exec(command).then(({ stdout }) => stdout)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.product[Symbol.asyncDispose]()
    await this.empty[Symbol.asyncDispose]()
  }
}
