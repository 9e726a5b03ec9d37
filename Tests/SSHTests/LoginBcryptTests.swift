import Testing

@testable import SSH

@Suite struct LoginBcryptTests {
    @Test func `the digits of pi are those that Blowfish begins with`() {
        let words = PiDigits.fraction(words: 1042)
        #expect(words.count == 1042)
        #expect(
            words.prefix(18) == [
                0x243F_6A88, 0x85A3_08D3, 0x1319_8A2E, 0x0370_7344, 0xA409_3822, 0x299F_31D0,
                0x082E_FA98, 0xEC4E_6C89, 0x4528_21E6, 0x38D0_1377, 0xBE54_66CF, 0x34E9_0C6C,
                0xC0AC_29B7, 0xC97C_50DD, 0x3F84_D5B5, 0xB547_0917, 0x9216_D5D9, 0x8979_FB1B,
            ])
        // The first word of each box, and the last of all.
        let boxes = [18, 18 + 256, 18 + 512, 18 + 768, 1041].map { words[$0] }
        #expect(boxes == [0xD131_0BA6, 0x4B7A_70E9, 0xE93D_5A68, 0x3A39_CE37, 0x3AC3_72E6])
    }

    @Test func `fewer digits are the beginning of more`() {
        let many = PiDigits.fraction(words: 200)
        for count in [1, 2, 3, 17, 64, 199] {
            #expect(PiDigits.fraction(words: count) == Array(many.prefix(count)))
        }
    }

    /// The first vector of OpenBSD's regression test, regress/lib/libutil/bcrypt_pbkdf.
    @Test func `a derived key is the one that OpenBSD derives`() {
        let key = BcryptPBKDF.deriveKey(
            passphrase: Array("password".utf8), salt: Array("salt".utf8), rounds: 4, count: 32)
        #expect(
            key == [
                0x5B, 0xBF, 0x0C, 0xC2, 0x93, 0x58, 0x7F, 0x1C, 0x36, 0x35, 0x55, 0x5C, 0x27, 0x79,
                0x65, 0x98, 0xD4, 0x7E, 0x57, 0x90, 0x71, 0xBF, 0x42, 0x7E, 0x9D, 0x8F, 0xBE, 0x84,
                0x2A, 0xBA, 0x34, 0xD9,
            ])
    }

    @Test(arguments: [("", "salt", 1, 32), ("p", "", 1, 32), ("p", "s", 0, 32), ("p", "s", 1, 0)])
    func `what the original refuses is refused`(
        passphrase: String, salt: String, rounds: Int, count: Int
    ) {
        let key = BcryptPBKDF.deriveKey(
            passphrase: Array(passphrase.utf8), salt: Array(salt.utf8), rounds: rounds, count: count
        )
        #expect(key == nil)
    }
}
