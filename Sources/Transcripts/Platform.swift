#if canImport(Darwin)
    internal import Darwin
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Glibc
#endif

/// What the operating system says about an error number, in the tone of our messages.
package func explanation(of errorNumber: Int32) -> String {
    // strerror answers from a table for every number that a system call can set.
    String(cString: strerror(errorNumber)).lowercased()
}

/// Brings a file's bytes to the disk; 0, or the error number.
func synchronize(_ descriptor: Int32) -> Int32 {
    repeat {
        #if canImport(Darwin)
            let result = fsync(descriptor)
        #else
            let result = fdatasync(descriptor)
        #endif
        if result == 0 { return 0 }
    } while errno == EINTR
    return errno
}

/// Writes bytes in as few calls as the system allows.
///
/// Returns how many were written, and the error number that stopped it, 0 if none did. Interrupted
/// calls go on; a call that accepts nothing counts as a full disk.
func writeFully(
    _ bytes: UnsafeRawBufferPointer, to descriptor: Int32
) -> (written: Int, errorNumber: Int32) {
    var written = 0
    while written < bytes.count {
        let rest = UnsafeRawBufferPointer(rebasing: bytes[written...])
        let result = write(descriptor, rest.baseAddress, rest.count)
        if result > 0 {
            written += result
        } else if result == 0 {
            return (written, ENOSPC)
        } else if errno != EINTR {
            return (written, errno)
        }
    }
    return (written, 0)
}

/// Makes a folder and those above it that are missing, for the user alone; 0 or the error number.
func makeFolders(_ path: String) -> Int32 {
    if mkdir(path, 0o700) == 0 || errno == EEXIST { return 0 }
    guard errno == ENOENT, let slash = path.lastIndex(of: "/"), slash > path.startIndex else {
        return errno
    }
    let above = makeFolders(String(path[..<slash]))
    guard above == 0 else { return above }
    return mkdir(path, 0o700) == 0 || errno == EEXIST ? 0 : errno
}

/// Reads what there is, up to the size of the buffer; 0 at the end of the file and on failure.
func readOnce(
    _ descriptor: Int32, into buffer: UnsafeMutableRawBufferPointer, at offset: Int? = nil
) -> Int {
    while true {
        let count =
            if let offset {
                pread(descriptor, buffer.baseAddress, buffer.count, off_t(offset))
            } else {
                read(descriptor, buffer.baseAddress, buffer.count)
            }
        if count >= 0 { return count }
        if errno != EINTR { return 0 }
    }
}
