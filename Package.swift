// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .treatAllWarnings(as: .error),
]

let crypto: Target.Dependency = .product(name: "Crypto", package: "swift-crypto")
let cryptoExtras: Target.Dependency = .product(name: "CryptoExtras", package: "swift-crypto")

let package = Package(
    name: "ccrun",
    platforms: [.macOS(.v15)],
    products: [.executable(name: "ccrun", targets: ["ccrun"])],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    ],
    targets: [
        .systemLibrary(
            name: "CLibSSH2",
            pkgConfig: "libssh2",
            providers: [.apt(["libssh2-1-dev"]), .brew(["libssh2"])]
        ),
        .target(name: "CLibSSH2Shims", dependencies: ["CLibSSH2"]),
        .target(
            name: "SSH",
            dependencies: ["CLibSSH2", "CLibSSH2Shims", crypto, cryptoExtras],
            swiftSettings: strict
        ),
        .target(name: "LocalTerminal", swiftSettings: strict),
        .target(
            name: "Deployments",
            dependencies: [.product(name: "Yams", package: "Yams")],
            swiftSettings: strict
        ),
        .systemLibrary(
            name: "CVTerm",
            pkgConfig: "vterm",
            providers: [.apt(["libvterm-dev"]), .brew(["libvterm"])]
        ),
        .target(name: "Transcripts", dependencies: ["CVTerm", crypto], swiftSettings: strict),
        .target(
            name: "History",
            dependencies: ["Transcripts", .product(name: "GRDB", package: "GRDB.swift")],
            swiftSettings: strict
        ),
        .target(
            name: "Runs",
            dependencies: ["SSH", "LocalTerminal", "Deployments", "Transcripts"],
            swiftSettings: strict
        ),
        .executableTarget(
            name: "ccrun",
            dependencies: [
                "Runs", "History", "Transcripts", "Deployments", "LocalTerminal", "SSH",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: strict
        ),
        .target(name: "CTestServerShims", path: "Tests/CTestServerShims"),
        .target(
            name: "TestServer",
            dependencies: ["CTestServerShims", crypto, cryptoExtras],
            path: "Tests/TestServer",
            swiftSettings: strict
        ),
        .executableTarget(
            name: "recording-child", dependencies: ["Transcripts"], path: "Tests/RecordingChild",
            swiftSettings: strict
        ),
        .executableTarget(
            name: "fuzz", dependencies: ["SSH", "Deployments", "Transcripts"], path: "Tests/Fuzz",
            swiftSettings: strict
        ),
        .testTarget(
            name: "TestServerTests", dependencies: ["TestServer"], swiftSettings: strict),
        .testTarget(
            name: "SSHTests",
            dependencies: ["SSH", "CLibSSH2Shims", "TestServer", crypto, cryptoExtras],
            swiftSettings: strict),
        .testTarget(
            name: "LocalTerminalTests", dependencies: ["LocalTerminal", "TestServer"],
            swiftSettings: strict),
        .testTarget(
            name: "DeploymentsTests", dependencies: ["Deployments"], swiftSettings: strict),
        .testTarget(
            name: "TranscriptsTests", dependencies: ["Transcripts", "TestServer", crypto],
            swiftSettings: strict),
        .testTarget(
            name: "HistoryTests",
            dependencies: [
                "History", "TestServer", .product(name: "GRDB", package: "GRDB.swift"),
            ],
            swiftSettings: strict),
        .testTarget(
            name: "RunsTests",
            dependencies: ["Runs", "SSH", "Deployments", "Transcripts", "TestServer"],
            swiftSettings: strict),
        .testTarget(
            name: "CCRunTests",
            dependencies: [
                "ccrun", "Runs", "Deployments", "Transcripts", "TestServer",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: strict),
        .testTarget(
            name: "EndToEndTests",
            dependencies: [
                "ccrun", "recording-child", "TestServer", "Transcripts",
                .product(name: "Yams", package: "Yams"),
            ],
            swiftSettings: strict),
    ],
    swiftLanguageModes: [.v6]
)
