import ssh2 from 'ssh2'

/**
 * A fresh ed25519 key pair for an SSH server of ours. One in some hundred that ssh2 1.17 generates is written in a
 * form that ssh2 itself cannot read (a leading zero is lost), so each is read back before it is used.
 */
export function newEd25519Key(): { readonly private: string; readonly public: string } {
  for (;;) {
    const key = ssh2.utils.generateKeyPairSync('ed25519')
    if (!(ssh2.utils.parseKey(key.private) instanceof Error)) return key
  }
}
