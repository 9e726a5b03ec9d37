import Foundation
import TestServer
import Testing

/// Certificates that the configuration of ssh names.
@Suite struct LoginCertificateFileTests {
    @Test(arguments: [KeyPair.Kind.ed25519, .rsa])
    func `CertificateFile is used, with its path expanded`(kind: KeyPair.Kind) throws {
        try withScratchFolder { folder in
            let authority = try KeyPair(in: folder, name: "ca")
            let options = SSHDOptions(
                userKeys: [], configuration: ["TrustedUserCAKeys \(authority.identityFile).pub"])
            try withSSHD(options) { sshd in
                let key = try KeyPair(kind, in: folder, name: "key")
                let signed = try ChildProcess.run(
                    try Tool.path("ssh-keygen"),
                    [
                        "-q", "-s", authority.identityFile, "-I", "id", "-n", sshd.user,
                        "\(key.identityFile).pub",
                    ])
                #expect(signed.status == .exited(0))
                let place = try Workplace(sshd, identityFile: key.identityFile)
                #expect(try place.run(["shop", "echo in"]).status == .exited(255))
                let certificate = try folder.read("key-cert.pub")
                try place.folder.write(certificate, to: ".ssh/work-cert.pub")
                try place.folder.write(
                    "Host *\n  CertificateFile ~/.ssh/work-cert.pub\n", to: ".ssh/config")
                let result = try place.run(["-v", "shop", "echo in"])
                #expect(result.output == "in\n", "\(result.errorOutput)")
                // As ssh-keygen and ssh print it: the key's, not the certificate's.
                #expect(result.errorOutput.contains(key.fingerprint), "\(result.errorOutput)")
            }
        }
    }
}
