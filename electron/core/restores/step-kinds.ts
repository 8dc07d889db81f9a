import { installCrontab } from './cron/install-step.ts'
import { putTree } from './files/put-tree.ts'
import type { StepKinds } from './step-kind.ts'

/** How each kind of step is done. */
export const stepKinds: StepKinds = { 'put-tree': putTree, 'install-crontab': installCrontab }
