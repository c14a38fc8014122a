"""Code that prints."""

from plimsoll_sdk import Call, Report, Role, Surroundings, rule


@rule.calls("builtins.print", requirements=["NAME.2"], roles=[Role.SOURCE])
def print_call(report: Report, call: Call) -> None:
    """Code of the product prints.

    What is printed reaches no log, has no level and no time. Use a logger. Command-line programs may print.

    ```python bad src/app/orders.py
    def accept(order):
        print("accepted", order)  # error: `print` in code that serves others
    ```
    ```python good src/app/orders.py
    import logging

    def accept(order):
        logging.getLogger(__name__).info("accepted %s", order)

    if __name__ == "__main__":
        print("done")
    ```
    """
    is_a_program = Surroundings.MAIN_GUARD in call.site.surroundings or any(
        word in call.site.module for word in ("cli", "main", "command")
    )
    if not is_a_program:
        report.finding(call.site.place, "`print` in code that serves others", help="use a logger")
