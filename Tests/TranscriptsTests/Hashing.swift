import Crypto
import Foundation

/// SHA-256 in hexadecimal, by way of Foundation's formatting.
func sha256(of data: Data) -> String {
    SHA256.hash(data: data).map { String(format: "%02x", $0) }.joined()
}
