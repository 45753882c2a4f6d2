from django.apps import AppConfig


class LabelingConfig(AppConfig):
    name = "labeling"

    def ready(self) -> None:
        from labeling.services.labels import labels_listen
        from overread.jobs.registry import kind_register, tick_register
        from overread.projects.policies import policy_listen, policy_register

        kind_register("labeling.labels", queue="interactive", handler="labeling.handlers.labels", attempts=8)
        kind_register("labeling.fill", queue="interactive", handler="labeling.handlers.fill")
        kind_register("labeling.reorder", queue="interactive", handler="labeling.handlers.reorder")
        kind_register("labeling.urgency", queue="interactive", handler="labeling.handlers.urgency")
        kind_register("labeling.blind", queue="interactive", handler="labeling.handlers.blind")
        kind_register("labeling.worth", queue="training", handler="labeling.handlers.worth")
        for field in ("blind_first", "blind_share"):
            policy_listen(field, "labeling.blind")
        for field in ("urgent", "urgent_orders_blind"):
            policy_listen(field, "labeling.urgency")
        policy_listen("strategy", "labeling.reorder")
        policy_register("strategy", "labeling.services.selection.strategy_check")
        labels_listen("labeling.reorder")
        tick_register("labeling.services.selection.queues_top_up")
        tick_register("labeling.services.worth.worths_due")
