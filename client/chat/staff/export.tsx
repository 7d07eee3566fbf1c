// The log as a file, for the host. Asked for as a request of the page, so that a refusal is said here: it needs a
// login of the last minutes.
import { useState } from 'preact/hooks'
import { AUDIT_FORMATS, type AuditFormat, type Denial } from '../../api.ts'
import { Failure } from '../../frame/failure.tsx'
import { useSession } from '../../frame/session.tsx'
import { Button } from '../../ui/button.tsx'
import { useTask } from '../../ui/task.ts'

const NAMES: Record<AuditFormat, string> = { csv: 'Save as a table (CSV)', ndjson: 'Save as JSON lines' }

export function Export({ slug }: { slug: string }) {
  const { api } = useSession()
  const [denial, setDenial] = useState<Denial>()
  const save = useTask(async (format: AuditFormat) => {
    setDenial(undefined)
    const answer = await api.audit(slug, format)
    if (answer.ok) give(answer.value, `${slug}-log.${format}`)
    else setDenial(answer.denial)
  })
  return (
    <div class="stack-tight">
      <div class="row">
        {AUDIT_FORMATS.map((format) => (
          <Button key={format} busy={save.busy} onClick={() => save.run(format)}>
            {NAMES[format]}
          </Button>
        ))}
      </div>
      {denial && <Failure denial={denial} />}
    </div>
  )
}

function give(file: Blob, name: string): void {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(file)
  link.download = name
  link.click()
  // The download has its own hold on the file once it began.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000)
}
