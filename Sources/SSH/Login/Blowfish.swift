/// Blowfish with the costly key schedule of bcrypt (Provos and Mazières, "A Future-Adaptable Password
/// Scheme", 1999); for deriving keys from passphrases only.
///
/// Words are kept as `Int`, 32 bits in use, and the rounds are written out in place: a debug build has then
/// no conversion or call in its inner loop, which runs some 35 million times for one passphrase.
struct Blowfish: ~Copyable {
    private static let subkeys = 18
    private static let boxSize = 256
    private static let stateSize = subkeys + 4 * boxSize
    private static let mask = 0xFFFF_FFFF

    /// The initial subkeys and boxes: the digits of pi, computed once a process.
    static let initialState: [Int] = PiDigits.fraction(words: stateSize).map { Int($0) }

    /// The 18 subkeys, then the four boxes of 256 words.
    private let state: UnsafeMutablePointer<Int>

    init() {
        state = .allocate(capacity: Self.stateSize)
        state.initialize(repeating: 0, count: Self.stateSize)
        reset()
    }

    deinit {
        // The state follows from the passphrase.
        state.update(repeating: 0, count: Self.stateSize)
        state.deallocate()
    }

    /// Goes back to the digits of pi.
    func reset() {
        Self.initialState.withUnsafeBufferPointer { initial in
            guard let base = initial.baseAddress else { return }
            state.update(from: base, count: Self.stateSize)
        }
    }

    /// Mixes a key into the state, and a salt where one is given; both 16 words, big-endian.
    func expand(key: [Int], salt: [Int]? = nil) {
        for index in 0..<Self.subkeys { state[index] ^= key[index % key.count] }
        var (left, right) = (0, 0)
        var index = 0
        var saltIndex = 0
        while index < Self.stateSize {
            if let salt {
                left ^= salt[saltIndex]
                right ^= salt[saltIndex + 1]
                saltIndex = (saltIndex + 2) % salt.count
            }
            encipher(&left, &right)
            state[index] = left
            state[index + 1] = right
            index += 2
        }
    }

    /// Enciphers a list of words, two at a time.
    func encipher(_ words: inout [Int]) {
        for index in stride(from: 0, to: words.count - 1, by: 2) {
            var (left, right) = (words[index], words[index + 1])
            encipher(&left, &right)
            (words[index], words[index + 1]) = (left, right)
        }
    }

    private func encipher(_ left: inout Int, _ right: inout Int) {
        let subkeys = state
        let box0 = state + Self.subkeys
        let box1 = box0 + Self.boxSize
        let box2 = box1 + Self.boxSize
        let box3 = box2 + Self.boxSize
        let mask = Self.mask
        var l = left ^ subkeys[0]
        var r = right
        var round = 1
        while round < 17 {
            r ^=
                ((((box0[l &>> 24] &+ box1[l &>> 16 & 255]) ^ box2[l &>> 8 & 255])
                    &+ box3[l & 255]) & mask) ^ subkeys[round]
            l ^=
                ((((box0[r &>> 24] &+ box1[r &>> 16 & 255]) ^ box2[r &>> 8 & 255])
                    &+ box3[r & 255]) & mask) ^ subkeys[round &+ 1]
            round = round &+ 2
        }
        left = r ^ subkeys[17]
        right = l
    }
}
