"""Rules in Python that do what no rule should, and one that behaves."""

from plimsoll_sdk import Place, Plugin, Report, Span, python, rule

HERE = Place("app.py", Span(0, 2))


@rule.repository(requirements=["1.1"])
def a_loop(report: Report) -> None:
    """A rule that never ends."""
    report.finding(HERE, "said before the loop")
    while True:
        pass


@rule.repository(requirements=["1.1"])
def b_memory(report: Report) -> None:
    """A rule that wants all memory."""
    blocks: list[bytes] = []
    while True:
        blocks.append(bytes(16 << 20))


@rule.repository(requirements=["1.1"])
def c_recursion(report: Report) -> None:
    """A rule that calls itself."""

    def deeper(number: int) -> int:
        return deeper(number + 1) + 1

    deeper(0)


@rule.repository(requirements=["1.1"])
def d_exception(report: Report) -> None:
    """A rule that fails."""
    settings: dict[str, str] = {}
    settings["the missing key"]


@rule.repository(requirements=["1.1"])
def e_flood(report: Report) -> None:
    """A rule that finds too much."""
    for number in range(1_000_000):
        report.finding(HERE, f"finding {number}")


@rule.repository(requirements=["1.1"])
def f_output(report: Report) -> None:
    """A rule that says too much."""
    report.finding(HERE, "x" * (6 << 20))


@rule.repository(requirements=["1.1"])
def g_undeclared(report: Report) -> None:
    """A rule that asks for what it has not declared."""
    python.calls("builtins.eval")


@rule.repository(requirements=["1.1"])
def h_exit(report: Report) -> None:
    """A rule that ends the interpreter."""
    raise SystemExit(0)


@rule.repository(requirements=["1.1"])
def i_files(report: Report) -> None:
    """A rule that reads a file of the machine."""
    with open("/etc/passwd") as file:
        report.finding(HERE, file.read())


@rule.repository(requirements=["1.1"])
def j_network(report: Report) -> None:
    """A rule that calls somebody."""
    import socket

    socket.create_connection(("127.0.0.1", 80), timeout=1)


@rule.repository(requirements=["1.1"])
def z_honest(report: Report) -> None:
    """A rule that behaves."""
    report.finding(HERE, "an honest finding")


plugin = Plugin(
    title="Rules that do harm",
    rules=[
        a_loop,
        b_memory,
        c_recursion,
        d_exception,
        e_flood,
        f_output,
        g_undeclared,
        h_exit,
        i_files,
        j_network,
        z_honest,
    ],
)
